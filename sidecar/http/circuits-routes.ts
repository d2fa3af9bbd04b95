import { settle } from '../circuits/circuit';
import {
	type CircuitPorts,
	askPermits,
	findCircuit,
	forceCircuit,
	putCircuit,
	reportOutcomes,
} from '../circuits/use-circuits';
import {
	circuitPolicyInput,
	circuitSchema,
	circuitToWire,
	exampleCircuit,
	forceInput,
	outcomeInput,
	permitAnswerSchema,
	permitInput,
	readPolicy,
} from './circuit-schemas';
import { keyParams } from './key-schema';
import { pageOf, pageQuery, toPage } from './paging';
import { type Route, defineRoute } from './route';

const path = '/api/v1/circuits/{key}';
const params = { params: { key: exampleCircuit.key } };
const example = { ...params, response: exampleCircuit };

/** Circuits belong to no environment: any token of the right role may use any of them. */
export function circuitsRoutes(ports: CircuitPorts): Route[] {
	return [
		defineRoute({
			method: 'get',
			path: '/api/v1/circuits',
			summary: 'Circuits, by key',
			role: ['viewer', 'node'],
			environment: 'handler',
			query: pageQuery({}),
			responses: { 200: pageOf(circuitSchema) },
			examples: { response: { data: [exampleCircuit], nextCursor: null } },
		}).handledBy(async ({ query }) => {
			const found = await ports.circuits.list({ limit: query.limit + 1, after: query.cursor });
			const rows = found.map(({ key, row, now }) =>
				circuitToWire(key, { circuit: settle(row, now), now }),
			);
			return { status: 200, body: toPage(rows, query, ({ key }) => key) };
		}),
		defineRoute({
			method: 'get',
			path,
			summary: 'One circuit',
			role: ['viewer', 'node'],
			environment: 'handler',
			params: keyParams,
			responses: { 200: circuitSchema },
			errors: ['circuit_not_found'],
			examples: example,
		}).handledBy(async ({ params: { key } }) => ({
			status: 200,
			body: circuitToWire(key, await findCircuit(ports, key)),
		})),
		defineRoute({
			method: 'put',
			path,
			summary: 'Make a circuit or change its policy',
			description: 'What is absent takes its default. A closed circuit counts anew from here.',
			role: 'operator',
			environment: 'handler',
			params: keyParams,
			body: circuitPolicyInput.prefault({}),
			responses: { 200: circuitSchema, 201: circuitSchema },
			examples: { ...example, body: { trip: { by: 'consecutive', failures: 5 }, openMs: 30_000 } },
		}).handledBy(async ({ params: { key }, body }) => {
			const { created, ...at } = await putCircuit(ports, key, readPolicy(body));
			return { status: created ? 201 : 200, body: circuitToWire(key, at) };
		}),
		defineRoute({
			method: 'post',
			path: `${path}/permits`,
			summary: 'Ask whether calls may go',
			description:
				'Closed: all; open: none; half-open: as many as there are probes left over all workers. A circuit asked for the first time is made with `policy`, or the defaults. Hand the ids in `permits` back with the outcomes.',
			role: ['operator', 'node'],
			environment: 'handler',
			params: keyParams,
			body: permitInput.prefault({}),
			responses: { 200: permitAnswerSchema },
			examples: {
				...params,
				body: { count: 3 },
				response: {
					allowed: true,
					granted: 1,
					state: 'half-open',
					retryAt: '2031-04-01T12:00:31.000Z',
					permits: ['0198c0de-0000-7000-8000-000000000001'],
				},
			},
		}).handledBy(async ({ params: { key }, body }) => {
			const { granted, state, retryAt, probes } = await askPermits(ports, key, {
				count: body.count ?? 1,
				policy: body.policy ? readPolicy(body.policy) : null,
			});
			return {
				status: 200,
				body: {
					allowed: granted > 0,
					granted,
					state,
					retryAt: retryAt === null ? null : new Date(retryAt).toISOString(),
					permits: probes,
				},
			};
		}),
		defineRoute({
			method: 'post',
			path: `${path}/outcomes`,
			summary: 'Report how calls went',
			description:
				'In half-open only what names its permits counts: anything else was allowed before the circuit opened. Permits without outcomes are given back unused.',
			role: ['operator', 'node'],
			environment: 'handler',
			params: keyParams,
			body: outcomeInput.prefault({}),
			responses: { 200: circuitSchema },
			examples: { ...example, body: { successes: 2, failures: 5 } },
		}).handledBy(async ({ params: { key }, body }) => {
			const { successes = 0, failures = 0, slow = 0, permits = [] } = body;
			const at = await reportOutcomes(ports, key, { successes, failures, slow }, permits);
			return { status: 200, body: circuitToWire(key, at) };
		}),
		defineRoute({
			method: 'post',
			path: `${path}/force`,
			summary: 'Hold a circuit open or closed by hand',
			description: 'null releases it: one held open is probed first, one held closed counts anew.',
			role: 'operator',
			environment: 'handler',
			params: keyParams,
			body: forceInput,
			responses: { 200: circuitSchema },
			errors: ['circuit_not_found'],
			examples: { ...example, body: { state: 'open' } },
		}).handledBy(async ({ params: { key }, body, actor, log }) => {
			const at = await forceCircuit(ports, key, body.state);
			log.info({ circuit: key, forced: body.state, actor: actor.name }, 'circuit forced');
			return { status: 200, body: circuitToWire(key, at) };
		}),
	];
}
