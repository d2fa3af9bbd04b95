import type { IExecuteFunctions } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import { numberField } from '../shared/number-field';
import type { FanOutPolicy } from './verdict';

export interface Settings {
	policy: FanOutPolicy;
	/** Items given to one run. */
	batchSize: number;
	/** Runs at the same time. */
	atOnce: number;
	durable: boolean;
	/** Of durable runs, all together. */
	deadlineMs?: number;
	/** Items of runs that were not needed leave by no output. */
	dropNotNeeded: boolean;
}

/** Of the node as a whole. Throws NodeOperationError naming the field that makes no sense. */
export function settingsOf(context: IExecuteFunctions): Settings {
	const whole = (label: string, name: string, initial: number) =>
		Math.floor(numberField(context, label, context.getNodeParameter(name, 0, initial), 1));
	const options = context.getNodeParameter('options', 0, {}) as {
		dropNotNeeded?: boolean;
		totalDeadlineHours?: number;
	};
	const hours = numberField(context, 'Deadline for All', options.totalDeadlineHours ?? 24, 0);
	return {
		policy: policyOf(context, whole),
		batchSize: whole('Items per Run', 'batchSize', 1),
		atOnce: whole('Runs at Once', 'atOnce', 10),
		...(hours > 0 ? { deadlineMs: Math.round(hours * 3_600_000) } : {}),
		durable: context.getNodeParameter('mode', 0, 'here') === 'durable',
		dropNotNeeded: options.dropNotNeeded ?? false,
	};
}

function policyOf(
	context: IExecuteFunctions,
	whole: (label: string, name: string, initial: number) => number,
): FanOutPolicy {
	const chosen = context.getNodeParameter('policy', 0, 'collect') as string;
	switch (chosen) {
		case 'all':
		case 'collect':
			return { kind: chosen };
		case 'first':
			return { kind: 'quorum', atLeast: 1 };
		case 'quorum':
			return { kind: 'quorum', atLeast: whole('Quorum', 'quorum', 1) };
		default:
			throw new NodeOperationError(
				context.getNode(),
				`Expected Succeeds When to be all, collect, first or quorum, but got ${JSON.stringify(chosen)}`,
				{ description: 'An expression in this field may have given nothing.' },
			);
	}
}
