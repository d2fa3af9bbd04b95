import { z } from 'zod';
import { circuitPolicyInput } from './circuit-schemas';
import { milliseconds } from './key-schema';
import { rateLimitPolicyInput } from './rate-limit-schemas';

/** More takes too long to answer. */
export const mostSimulatedCalls = 20_000;

const share = z.number().min(0).max(1);
const callsPerSecond = z.number().gt(0).max(100_000);

interface Stretch {
	forMs: number;
	callsPerSecond: number;
}

function courseOf<S extends z.ZodType<Stretch>>(stretch: S) {
	return z
		.array(stretch)
		.min(1)
		.max(20)
		.refine(
			(course) =>
				course.reduce((sum, each) => sum + (each.forMs / 1000) * each.callsPerSecond, 0) <=
				mostSimulatedCalls,
			{ error: `expected at most ${mostSimulatedCalls} calls in all` },
		);
}

export const circuitSimulationInput = z
	.strictObject({
		policy: circuitPolicyInput,
		course: courseOf(
			z.strictObject({
				forMs: milliseconds(1),
				callsPerSecond,
				failureRate: share.default(0),
				slowRate: share.default(0),
			}),
		),
	})
	.meta({ id: 'CircuitSimulationRequest' });

const state = z.enum(['closed', 'open', 'half-open']);

export const circuitSimulationSchema = z
	.strictObject({
		calls: z.number(),
		allowed: z.number(),
		refused: z.number(),
		failed: z.number(),
		spared: z.number().meta({ description: 'Would have failed and were refused.' }),
		changes: z.array(z.strictObject({ atMs: z.number(), state })),
		pieces: z.array(
			z.strictObject({
				atMs: z.number(),
				allowed: z.number(),
				refused: z.number(),
				failed: z.number(),
			}),
		),
	})
	.meta({ id: 'CircuitSimulation' });

export const rateLimitSimulationInput = z
	.strictObject({
		policy: rateLimitPolicyInput,
		course: courseOf(z.strictObject({ forMs: milliseconds(1), callsPerSecond })),
	})
	.meta({ id: 'RateLimitSimulationRequest' });

export const rateLimitSimulationSchema = z
	.strictObject({
		calls: z.number(),
		waitMs: z.strictObject({ median: z.number(), p95: z.number(), longest: z.number() }),
		drainedAtMs: z.number(),
		pieces: z.array(z.strictObject({ atMs: z.number(), asked: z.number(), started: z.number() })),
	})
	.meta({ id: 'RateLimitSimulation' });
