import { z } from 'zod';
import type { Circuit as WireCircuit } from '../contract/circuits';
import { type CircuitPolicy, circuitPolicy, stateOf } from '../circuits/circuit';
import { seen } from '../circuits/tally';
import type { CircuitAt } from '../circuits/use-circuits';
import { milliseconds } from './key-schema';
import { dateTime } from './wire-schemas';

const share = z.number().gt(0).max(1);
const some = (maximum: number) => z.int().min(1).max(maximum);

const tripRule = z.union([
	z.strictObject({ by: z.literal('consecutive'), failures: some(100_000) }),
	z.strictObject({
		by: z.literal('failure-rate'),
		rate: share,
		minimumCalls: some(1_000),
		calls: some(1_000),
	}),
	z.strictObject({
		by: z.literal('failure-rate'),
		rate: share,
		minimumCalls: some(1_000_000),
		windowMs: milliseconds(100),
	}),
]);

const slowRate = z.strictObject({
	rate: share,
	minimumCalls: some(1_000_000),
	windowMs: milliseconds(100),
});

export const circuitPolicyInput = z
	.strictObject({
		trip: tripRule.optional(),
		slowRate: slowRate.optional(),
		openMs: milliseconds(1).optional(),
		probes: some(1_000).optional(),
		successesToClose: some(10_000).optional(),
		probeTimeoutMs: milliseconds(1).optional(),
	})
	.meta({ id: 'CircuitPolicy' });

const state = z.enum(['closed', 'open', 'half-open']);

export const circuitSchema = z
	.strictObject({
		key: z.string(),
		state,
		policy: z.strictObject({
			trip: tripRule,
			openMs: z.number(),
			probes: z.number(),
			successesToClose: z.number(),
			probeTimeoutMs: z.number(),
			slowRate: slowRate.optional(),
		}),
		retryAt: dateTime.nullable(),
		forced: z.enum(['open', 'closed']).nullable(),
		failures: z.number(),
		successes: z.number(),
		slow: z.number(),
		changedAt: dateTime,
	})
	.meta({ id: 'Circuit' });

export const permitInput = z
	.strictObject({ count: some(10_000).optional(), policy: circuitPolicyInput.optional() })
	.meta({ id: 'PermitRequest' });

export const permitAnswerSchema = z
	.strictObject({
		allowed: z.boolean(),
		granted: z.number(),
		state,
		retryAt: dateTime.nullable(),
		permits: z.array(z.string()),
	})
	.meta({ id: 'PermitAnswer' });

const calls = z.int().min(0).max(1_000_000);

export const outcomeInput = z
	.strictObject({
		successes: calls.optional(),
		failures: calls.optional(),
		slow: calls.optional(),
		permits: z.array(z.string().min(1).max(100)).max(10_000).optional(),
	})
	.meta({ id: 'OutcomeReport' });

export const forceInput = z
	.strictObject({ state: z.enum(['open', 'closed']).nullable() })
	.meta({ id: 'ForceRequest' });

export function readPolicy(input: z.output<typeof circuitPolicyInput>): CircuitPolicy {
	return circuitPolicy(input);
}

export function circuitToWire(key: string, { circuit, now }: CircuitAt): WireCircuit {
	const { phase, policy } = circuit;
	const { slowRate: slowRule, ...rest } = policy;
	const none = { successes: 0, failures: 0, slow: 0 };
	const counted =
		phase.is === 'closed'
			? seen(phase.tally, policy, now)
			: phase.is === 'half-open'
				? { ...none, successes: phase.successes }
				: none;
	return {
		key,
		state: stateOf(phase),
		policy: { ...rest, ...(slowRule ? { slowRate: slowRule } : {}) },
		retryAt: phase.is === 'open' ? new Date(phase.until).toISOString() : null,
		forced: phase.is === 'forced' ? phase.state : null,
		...counted,
		changedAt: new Date(phase.since).toISOString(),
	};
}

export const exampleCircuit: WireCircuit = {
	key: 'crm-api',
	state: 'open',
	policy: {
		trip: { by: 'consecutive', failures: 5 },
		openMs: 30_000,
		probes: 1,
		successesToClose: 1,
		probeTimeoutMs: 60_000,
	},
	retryAt: '2031-04-01T12:00:30.000Z',
	forced: null,
	failures: 0,
	successes: 0,
	slow: 0,
	changedAt: '2031-04-01T12:00:00.000Z',
};
