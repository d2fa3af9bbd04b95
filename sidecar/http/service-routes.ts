import { z } from 'zod';
import type { Registry } from 'prom-client';
import type { OpenApiDocument } from './openapi';
import { type Route, defineRoute, text } from './route';

/** Something that must work before requests are taken; `check` rejects when it does not. */
export interface ReadinessCheck {
	name: string;
	check(): Promise<void>;
}

export interface ServiceDependencies {
	readiness: readonly ReadinessCheck[];
	/** True from the moment the server begins to stop. */
	isDraining(): boolean;
	registry: Registry;
	openApi(): OpenApiDocument;
}

const healthSchema = z.object({ status: z.literal('ok') }).meta({ id: 'Health' });

const readinessSchema = z
	.object({
		status: z.enum(['ready', 'not-ready', 'draining']),
		checks: z.array(z.object({ name: z.string(), ok: z.boolean() })),
	})
	.meta({ id: 'Readiness' });

/** What stands at the root, without a token: nothing in it tells what the workflows are. */
export function serviceRoutes(dependencies: ServiceDependencies): Route[] {
	const { registry, openApi } = dependencies;
	return [
		defineRoute({
			method: 'get',
			path: '/healthz',
			summary: 'Whether the process lives',
			role: 'public',
			responses: { 200: healthSchema },
			examples: { response: { status: 'ok' } },
		}).handledBy(async () => ({ status: 200, body: { status: 'ok' } })),
		readyRoute(dependencies),
		defineRoute({
			method: 'get',
			path: '/metrics',
			summary: 'Metrics in the Prometheus text format',
			role: 'public',
			responses: { 200: text(registry.contentType) },
		}).handledBy(async () => ({ status: 200, text: await registry.metrics() })),
		defineRoute({
			method: 'get',
			path: '/openapi.json',
			summary: 'This documentation',
			role: 'public',
			responses: { 200: z.looseObject({ openapi: z.string() }) },
			examples: { response: { openapi: '3.1.0' } },
		}).handledBy(async () => ({ status: 200, body: { ...openApi() } })),
	];
}

function readyRoute({ readiness, isDraining }: ServiceDependencies): Route {
	return defineRoute({
		method: 'get',
		path: '/readyz',
		summary: 'Whether requests can be served, and if not, what is missing',
		role: 'public',
		responses: { 200: readinessSchema, 503: readinessSchema },
		examples: { response: { status: 'ready', checks: [{ name: 'database', ok: true }] } },
	}).handledBy(async ({ log }) => {
		const checks = await Promise.all(
			readiness.map(async ({ name, check }) => {
				try {
					await check();
					return { name, ok: true };
				} catch (error) {
					// The reason may name hosts: it is for the log, not for the public.
					log.warn({ err: error, check: name }, 'not ready');
					return { name, ok: false };
				}
			}),
		);
		if (isDraining()) return { status: 503, body: { status: 'draining', checks } };
		return checks.every(({ ok }) => ok)
			? { status: 200, body: { status: 'ready', checks } }
			: { status: 503, body: { status: 'not-ready', checks } };
	});
}
