import type { IExecuteFunctions } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import type { CircuitPolicy, TripRule } from '../../sidecar/contract/circuits';

interface PolicyOptions {
	openSeconds?: number;
	probes?: number;
	probeTimeoutSeconds?: number;
	slowAfterSeconds?: number;
	slowMinimumCalls?: number;
	slowRate?: number;
	slowWindowSeconds?: number;
	successesToClose?: number;
}

/** Of the node as a whole: read at the first item. Throws NodeOperationError naming a wrong field. */
export function circuitPolicyOf(context: IExecuteFunctions): CircuitPolicy {
	const options = context.getNodeParameter('options', 0, {}) as PolicyOptions;
	const number = numberReader(context);
	const milliseconds = (field: string, value: unknown) =>
		Math.round(number(field, value, 0.001) * 1000);
	const { openSeconds, probes, successesToClose, probeTimeoutSeconds, slowAfterSeconds } = options;
	return {
		trip: tripRuleOf(context, number),
		...(openSeconds === undefined ? {} : { openMs: milliseconds('Stays Open', openSeconds) }),
		...(probes === undefined ? {} : { probes: number('Probes', probes, 1) }),
		...(successesToClose
			? { successesToClose: number('Successes to Close', successesToClose, 1) }
			: {}),
		...(probeTimeoutSeconds === undefined
			? {}
			: { probeTimeoutMs: milliseconds('Probe Timeout', probeTimeoutSeconds) }),
		...(slowAfterSeconds
			? {
					slowRate: {
						rate: number('Slow Call Rate', options.slowRate ?? 50, 1, 100) / 100,
						minimumCalls: number('Slow Call Minimum', options.slowMinimumCalls ?? 10, 1),
						windowMs: milliseconds('Slow Call Window', options.slowWindowSeconds ?? 60),
					},
				}
			: {}),
	};
}

type ReadNumber = (field: string, value: unknown, least: number, most?: number) => number;

function tripRuleOf(context: IExecuteFunctions, number: ReadNumber): TripRule {
	const field = (name: string, initial: number) => context.getNodeParameter(name, 0, initial);
	const opensAfter = context.getNodeParameter('opensAfter', 0, 'consecutive') as string;
	if (opensAfter === 'consecutive') {
		return { by: 'consecutive', failures: number('Failures', field('failures', 5), 1) };
	}
	const rate = number('Failure Rate', field('failureRate', 50), 1, 100) / 100;
	const minimumCalls = number('Minimum Calls', field('minimumCalls', 10), 1);
	if (opensAfter === 'rateOverCalls') {
		const calls = number('Last Calls', field('calls', 100), minimumCalls);
		return { by: 'failure-rate', rate, minimumCalls, calls };
	}
	const windowMs = Math.round(number('Last Seconds', field('windowSeconds', 60), 0.1) * 1000);
	return { by: 'failure-rate', rate, minimumCalls, windowMs };
}

function numberReader(context: IExecuteFunctions): ReadNumber {
	return (field, value, least, most = Number.MAX_SAFE_INTEGER) => {
		if (typeof value === 'number' && value >= least && value <= most) return value;
		const range = most === Number.MAX_SAFE_INTEGER ? `from ${least} on` : `${least} to ${most}`;
		throw new NodeOperationError(
			context.getNode(),
			`Expected ${field} to be a number ${range}, but got ${JSON.stringify(value)}`,
			{ description: 'An expression in this field may have given nothing.' },
		);
	};
}
