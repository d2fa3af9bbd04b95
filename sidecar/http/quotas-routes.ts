import { z } from 'zod';
import type { Quota as WireQuota } from '../contract/rate-limits';
import type { QuotaStore } from '../quotas/quota-store';
import { findQuota, putQuota } from '../quotas/use-quotas';
import { freeKey, milliseconds } from './key-schema';
import { units } from './rate-limit-schemas';
import { pageOf, pageQuery, toPage } from './paging';
import { type Route, defineRoute } from './route';
import { dateTime } from './wire-schemas';

export const quotaInput = z
	.strictObject({
		limit: units,
		intervalMs: milliseconds(1),
		concurrent: z.int().min(1).max(100_000).optional(),
		weight: z.number().min(0.001).max(1_000).optional(),
	})
	.meta({ id: 'QuotaPolicy' });

export const quotaSchema = z
	.strictObject({
		tenant: z.string(),
		limit: z.number(),
		intervalMs: z.number(),
		concurrent: z.number().nullable(),
		weight: z.number(),
		updatedAt: dateTime,
	})
	.meta({ id: 'Quota' });

const params = z.strictObject({ tenant: freeKey });

const example: WireQuota = {
	tenant: 'acme',
	limit: 10_000,
	intervalMs: 86_400_000,
	concurrent: 20,
	weight: 1,
	updatedAt: '2031-04-01T12:00:00.000Z',
};

/** Tenants belong to no environment. */
export function quotasRoutes(quotas: QuotaStore): Route[] {
	const shown = async (tenant: string): Promise<WireQuota> => {
		const { quota, updatedAt } = await findQuota(quotas, tenant);
		return { tenant, ...quota.policy, updatedAt: updatedAt.toISOString() };
	};
	return [
		defineRoute({
			method: 'get',
			path: '/api/v1/quotas',
			summary: 'Quotas, by tenant',
			role: ['viewer', 'node'],
			environment: 'handler',
			query: pageQuery({}),
			responses: { 200: pageOf(quotaSchema) },
			examples: { response: { data: [example], nextCursor: null } },
		}).handledBy(async ({ query }) => {
			const rows = await quotas.list({ limit: query.limit + 1, after: query.cursor });
			const wire = rows.map(({ key, row, updatedAt }) => ({
				tenant: key,
				...row.policy,
				updatedAt: updatedAt.toISOString(),
			}));
			return { status: 200, body: toPage(wire, query, ({ tenant }) => tenant) };
		}),
		defineRoute({
			method: 'put',
			path: '/api/v1/quotas/{tenant}',
			summary: 'Say what a tenant may have',
			description:
				'Units per interval over all rate limits, counted when they are reserved, and leases held at once over all keys. Obeyed everywhere within a second.',
			role: 'operator',
			environment: 'handler',
			params,
			body: quotaInput,
			responses: { 200: quotaSchema, 201: quotaSchema },
			examples: {
				params: { tenant: 'acme' },
				body: { limit: 10_000, intervalMs: 86_400_000, concurrent: 20 },
				response: example,
			},
		}).handledBy(async ({ params: { tenant }, body }) => {
			const { created } = await putQuota(quotas, tenant, {
				limit: body.limit,
				intervalMs: body.intervalMs,
				concurrent: body.concurrent ?? null,
				weight: body.weight ?? 1,
			});
			return { status: created ? 201 : 200, body: await shown(tenant) };
		}),
		defineRoute({
			method: 'get',
			path: '/api/v1/quotas/{tenant}',
			summary: 'What a tenant may have',
			role: ['viewer', 'node'],
			environment: 'handler',
			params,
			responses: { 200: quotaSchema },
			errors: ['quota_not_found'],
			examples: { params: { tenant: 'acme' }, response: example },
		}).handledBy(async ({ params: { tenant } }) => ({ status: 200, body: await shown(tenant) })),
	];
}
