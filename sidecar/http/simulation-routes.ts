import { simulateCircuit } from '../circuits/simulate';
import { simulateRateLimit } from '../rate-limits/simulate';
import { readPolicy } from './circuit-schemas';
import { keyParams } from './key-schema';
import { readRateLimitPolicy } from './rate-limit-schemas';
import { type Route, defineRoute } from './route';
import {
	circuitSimulationInput,
	circuitSimulationSchema,
	rateLimitSimulationInput,
	rateLimitSimulationSchema,
} from './simulation-schemas';

/** What a policy would do, before it is saved. Nothing is kept, and the key need not be there. */
export function simulationRoutes(): Route[] {
	return [
		defineRoute({
			method: 'post',
			path: '/api/v1/circuits/{key}/simulate',
			summary: 'What a policy of a circuit would do with a course of calls',
			description:
				'Starts closed; every call answers at once; shares are spread evenly. At most 20 000 calls.',
			role: 'viewer',
			environment: 'handler',
			params: keyParams,
			body: circuitSimulationInput,
			responses: { 200: circuitSimulationSchema },
			examples: {
				params: { key: 'crm-api' },
				body: {
					policy: { trip: { by: 'consecutive', failures: 5 }, openMs: 30_000 },
					course: [
						{ forMs: 60_000, callsPerSecond: 2 },
						{ forMs: 60_000, callsPerSecond: 2, failureRate: 1 },
					],
				},
				response: {
					calls: 240,
					allowed: 126,
					refused: 114,
					failed: 6,
					spared: 114,
					changes: [{ atMs: 62_000, state: 'open' }],
					pieces: [{ atMs: 0, allowed: 4, refused: 0, failed: 0 }],
				},
			},
		}).handledBy(async ({ body }) => ({
			status: 200,
			body: simulateCircuit(readPolicy(body.policy), body.course),
		})),
		defineRoute({
			method: 'post',
			path: '/api/v1/rate-limits/{key}/simulate',
			summary: 'What a rate limit would do with a course of calls',
			description: 'Starts unused. At most 20 000 calls.',
			role: 'viewer',
			environment: 'handler',
			params: keyParams,
			body: rateLimitSimulationInput,
			responses: { 200: rateLimitSimulationSchema },
			examples: {
				params: { key: 'crm-api' },
				body: {
					policy: { limit: 100, intervalMs: 60_000, burst: 10 },
					course: [{ forMs: 60_000, callsPerSecond: 3 }],
				},
				response: {
					calls: 180,
					waitMs: { median: 18_000, p95: 38_000, longest: 42_000 },
					drainedAtMs: 101_400,
					pieces: [{ atMs: 0, asked: 5, started: 5 }],
				},
			},
		}).handledBy(async ({ body }) => ({
			status: 200,
			body: simulateRateLimit(readRateLimitPolicy(body.policy), body.course),
		})),
	];
}
