import {
	type RateLimitPorts,
	findRateLimit,
	putRateLimit,
	reserve,
	takeFeedback,
} from '../rate-limits/use-rate-limits';
import { keyParams } from './key-schema';
import { pageOf, pageQuery, toPage } from './paging';
import {
	exampleRateLimit,
	feedbackInput,
	rateLimitPolicyInput,
	rateLimitSchema,
	rateLimitToWire,
	readRateLimitPolicy,
	reservationAnswerSchema,
	reservationInput,
	reservedToWire,
} from './rate-limit-schemas';
import { type Route, defineRoute } from './route';

const path = '/api/v1/rate-limits/{key}';
const params = { params: { key: exampleRateLimit.key } };
const example = { ...params, response: exampleRateLimit };

/** Limits belong to no environment: any token of the right role may use any of them. */
export function rateLimitsRoutes(ports: RateLimitPorts): Route[] {
	const shown = async (key: string) => rateLimitToWire(key, await findRateLimit(ports, key));
	return [
		defineRoute({
			method: 'get',
			path: '/api/v1/rate-limits',
			summary: 'Rate limits, by key',
			role: ['viewer', 'node'],
			environment: 'handler',
			query: pageQuery({}),
			responses: { 200: pageOf(rateLimitSchema) },
			examples: { response: { data: [exampleRateLimit], nextCursor: null } },
		}).handledBy(async ({ query }) => {
			const found = await ports.rateLimits.list({ limit: query.limit + 1, after: query.cursor });
			const rows = found.map(({ key, row, now, updatedAt }) =>
				rateLimitToWire(key, { limit: row, now, updatedAt }),
			);
			return { status: 200, body: toPage(rows, query, ({ key }) => key) };
		}),
		defineRoute({
			method: 'get',
			path,
			summary: 'One rate limit',
			role: ['viewer', 'node'],
			environment: 'handler',
			params: keyParams,
			responses: { 200: rateLimitSchema },
			errors: ['rate_limit_not_found'],
			examples: example,
		}).handledBy(async ({ params: { key } }) => ({ status: 200, body: await shown(key) })),
		defineRoute({
			method: 'put',
			path,
			summary: 'Make a rate limit or change it',
			description:
				'Holds for what is reserved from now on; what was reserved before counts against it.',
			role: 'operator',
			environment: 'handler',
			params: keyParams,
			body: rateLimitPolicyInput,
			responses: { 200: rateLimitSchema, 201: rateLimitSchema },
			examples: { ...example, body: { limit: 100, intervalMs: 60_000, burst: 10 } },
		}).handledBy(async ({ params: { key }, body }) => {
			const { created } = await putRateLimit(ports, key, readRateLimitPolicy(body));
			return { status: created ? 201 : 200, body: await shown(key) };
		}),
		defineRoute({
			method: 'post',
			path: `${path}/reservations`,
			summary: 'Reserve times to start',
			description:
				'Each reservation is the right to start at its time. All are granted, or none: then `retryAt` says when asking again would do. A limit asked for the first time is made with `policy`.',
			role: ['operator', 'node'],
			environment: 'handler',
			params: keyParams,
			body: reservationInput.prefault({}),
			responses: { 200: reservationAnswerSchema },
			errors: ['rate_limit_not_found'],
			examples: {
				...params,
				body: { count: 2, tenant: 'acme', maxWaitMs: 5_000 },
				response: {
					granted: true,
					reservations: [
						{ at: '2031-04-01T12:00:00.000Z', waitMs: 0 },
						{ at: '2031-04-01T12:00:00.600Z', waitMs: 600 },
					],
				},
			},
		}).handledBy(async ({ params: { key }, body }) => {
			const reserved = await reserve(
				ports,
				key,
				{
					count: body.count ?? 1,
					weight: body.weight ?? 1,
					tenant: body.tenant ?? null,
					maxWaitMs: body.maxWaitMs ?? null,
				},
				body.policy ? readRateLimitPolicy(body.policy) : null,
			);
			return { status: 200, body: reservedToWire(reserved) };
		}),
		defineRoute({
			method: 'post',
			path: `${path}/feedback`,
			summary: 'Tell what the receiver answered',
			description:
				'Retry-After, RateLimit, RateLimit-Policy and X-RateLimit headers pause the key or slow it down for what is reserved from now on.',
			role: ['operator', 'node'],
			environment: 'handler',
			params: keyParams,
			body: feedbackInput,
			responses: { 200: rateLimitSchema },
			errors: ['rate_limit_not_found'],
			examples: { ...example, body: { status: 429, headers: { 'Retry-After': '30' } } },
		}).handledBy(async ({ params: { key }, body }) => {
			await takeFeedback(ports, key, { status: body.status, headers: body.headers ?? {} });
			return { status: 200, body: await shown(key) };
		}),
	];
}
