import { z } from 'zod';
import type { ConcurrencyLease } from '../quotas/concurrency';
import {
	type ConcurrencyPorts,
	acquireLeases,
	findConcurrency,
	renewLease,
} from '../quotas/use-concurrency';
import {
	concurrencyAnswerSchema,
	concurrencyInput,
	concurrencySchema,
	exampleLease,
	heldKeySchema,
	leaseSchema,
	renewInput,
} from './concurrency-schemas';
import { freeKey, keyParams } from './key-schema';
import { pageOf, pageQuery, toPage } from './paging';
import { type Route, defineRoute } from './route';

const defaultTtlMs = 60_000;
const leaseParams = z.strictObject({ key: freeKey, id: z.uuid() });
const leaseExample = { params: { key: 'reports', id: exampleLease.id } };

/** Keys belong to no environment: any token of the right role may use any of them. */
export function concurrencyRoutes(ports: ConcurrencyPorts): Route[] {
	return [
		defineRoute({
			method: 'get',
			path: '/api/v1/concurrency',
			summary: 'Keys that leases are asked for under, by key',
			role: ['viewer', 'node'],
			environment: 'handler',
			query: pageQuery({}),
			responses: { 200: pageOf(heldKeySchema) },
			examples: {
				response: { data: [{ key: 'reports', limit: 5, held: 1 }], nextCursor: null },
			},
		}).handledBy(async ({ query }) => {
			const page = { limit: query.limit + 1, after: query.cursor };
			const rows = await ports.concurrency.list(page);
			return { status: 200, body: toPage(rows, query, ({ key }) => key) };
		}),
		defineRoute({
			method: 'get',
			path: '/api/v1/concurrency/{key}',
			summary: 'Who holds the leases of a key',
			role: ['viewer', 'node'],
			environment: 'handler',
			params: keyParams,
			responses: { 200: concurrencySchema },
			errors: ['concurrency_key_not_found'],
			examples: {
				params: { key: 'reports' },
				response: {
					key: 'reports',
					limit: 5,
					held: 1,
					leases: [
						{
							...exampleLease,
							tenant: null,
							executionId: '4711',
							grantedAt: '2031-04-01T12:00:00.000Z',
						},
					],
				},
			},
		}).handledBy(async ({ params: { key } }) => {
			const { limit, leases } = await findConcurrency(ports, key);
			return {
				status: 200,
				body: {
					key,
					limit,
					held: leases.length,
					leases: leases.map((lease) => ({
						...toWire(lease),
						tenant: lease.tenant,
						executionId: lease.executionId,
						grantedAt: lease.grantedAt.toISOString(),
					})),
				},
			};
		}),
		defineRoute({
			method: 'post',
			path: '/api/v1/concurrency/{key}/leases',
			summary: 'Ask for places to work in',
			description:
				'All are granted, or none. A lease ends by itself after `ttlMs`; renew it with PATCH, give it back with DELETE.',
			role: ['operator', 'node'],
			environment: 'handler',
			params: keyParams,
			body: concurrencyInput,
			responses: { 200: concurrencyAnswerSchema },
			examples: {
				params: { key: 'reports' },
				body: { limit: 5, ttlMs: 60_000, executionId: '4711' },
				response: { granted: true, leases: [exampleLease] },
			},
		}).handledBy(async ({ params: { key }, body }) => {
			const answer = await acquireLeases(ports, key, {
				limit: body.limit,
				count: body.count ?? 1,
				ttlMs: body.ttlMs ?? defaultTtlMs,
				tenant: body.tenant ?? null,
				executionId: body.executionId ?? null,
			});
			return {
				status: 200,
				body: answer.granted
					? { granted: true, leases: answer.leases.map(toWire) }
					: {
							granted: false,
							held: answer.held,
							limit: answer.limit,
							retryAt: answer.retryAt.toISOString(),
							leases: [],
						},
			};
		}),
		defineRoute({
			method: 'patch',
			path: '/api/v1/concurrency/{key}/leases/{id}',
			summary: 'Hold a lease for longer',
			description:
				'From now on for `ttlMs`. One that ran out is over, even if nobody took its place.',
			role: ['operator', 'node'],
			environment: 'handler',
			params: leaseParams,
			body: renewInput,
			responses: { 200: leaseSchema },
			errors: ['concurrency_lease_lost'],
			examples: { ...leaseExample, body: { fence: 7, ttlMs: 60_000 }, response: exampleLease },
		}).handledBy(async ({ params: { key, id }, body }) => {
			const ttlMs = body.ttlMs ?? defaultTtlMs;
			const lease = await renewLease(ports, { key, id, fence: body.fence, ttlMs });
			return { status: 200, body: toWire(lease) };
		}),
		defineRoute({
			method: 'delete',
			path: '/api/v1/concurrency/{key}/leases/{id}',
			summary: 'Give a lease back',
			description: 'One that is over already is no error.',
			role: ['operator', 'node'],
			environment: 'handler',
			params: leaseParams,
			responses: { 204: null },
			examples: leaseExample,
		}).handledBy(async ({ params: { key, id } }) => {
			await ports.concurrency.release(key, id);
			return { status: 204 };
		}),
	];
}

function toWire({ id, fence, expiresAt }: ConcurrencyLease) {
	return { id, fence, expiresAt: expiresAt.toISOString() };
}
