import { z } from 'zod';
import type { DriftPorts } from '../drift/drift-ports';
import { scanDrift, scheduleOf, type Scan } from '../drift/scan';
import { acceptDrift, adoptDrift, revertDrift } from '../drift/settle-drift';
import type { ErrorCode } from '../kernel/errors';
import type { Promotion, Step } from '../promotion/promotion';
import {
	acceptInput,
	adoptInput,
	exampleFinding,
	exampleReport,
	findingSchema,
	findingToWire,
	reportSchema,
	revertInput,
	ruleSchema,
	workflowFilter,
} from './drift-schemas';
import { pageOfAll, pageQuery, type PageQuery } from './paging';
import { examplePromotion, promotionSchema, promotionToWire } from './promotion-schemas';
import { defineRoute, type Route } from './route';
import { environmentName } from './wire-schemas';

export interface DriftRoutesDependencies extends DriftPorts {
	stepsOf(promotionId: string): Promise<Step[]>;
	/** Goes on with a promotion in the background. */
	drive(promotion: Promotion): void;
}

/** `workflow`: key or id; all when left out. */
type ReportQuery = PageQuery & { workflow?: string | undefined };

const root = '/api/v1/environments/{environment}/drift';
const params = z.strictObject({ environment: environmentName });
const asked: ErrorCode[] = ['environment_not_found', 'capability_missing', 'engine_unreachable'];
const examples = { params: { environment: 'production' } };
const firstPage: ReportQuery = { limit: 200, cursor: null };

export function driftRoutes(ports: DriftRoutesDependencies): Route[] {
	return [lookingRoute(ports), ...settlingRoutes(ports), ...ruleRoutes(ports)];
}

function lookingRoute(ports: DriftRoutesDependencies): Route {
	return defineRoute({
		method: 'get',
		path: root,
		summary: 'What an environment has against what was promoted or adopted',
		description:
			'Looks now, unless `fresh` is false: then it tells what the last scan has found. Also finds what ' +
			"n8n's updatedAt does not show: publishing, settings, tags, deleted credentials.",
		role: ['viewer', 'node'],
		environment: ({ params: { environment } }) => environment,
		params,
		query: pageQuery({
			fresh: z
				.enum(['true', 'false'])
				.default('true')
				.transform((text) => text === 'true')
				.meta({ override: { type: 'boolean', default: true } }),
			workflow: workflowFilter,
		}),
		responses: { 200: reportSchema },
		errors: asked,
		examples: { ...examples, response: exampleReport },
	}).handledBy(async ({ params: { environment }, query }) => {
		await ports.environmentOf(environment);
		const scan = query.fresh ? await scanDrift(ports, environment) : null;
		return { status: 200, body: await reportOf(ports, environment, scan, query) };
	});
}

function settlingRoutes(ports: DriftRoutesDependencies): Route[] {
	return [
		defineRoute({
			method: 'post',
			path: `${root}/adopt`,
			summary: 'Expect a workflow to be as it is now',
			description:
				'Keeps it as a version. Also for a workflow that was never promoted, by its id, and for one that ' +
				'is gone: nothing is expected of it then.',
			role: 'operator',
			environment: ({ params: { environment } }) => environment,
			params,
			body: adoptInput,
			responses: { 200: reportSchema },
			errors: [...asked, 'drift_not_found', 'drift_moved'],
			examples: {
				...examples,
				body: { workflow: exampleFinding.workflowKey },
				response: { ...exampleReport, inSync: true, data: [] },
			},
		}).handledBy(async ({ params: { environment }, body, actor, note }) => {
			note({ workflow: body.workflow });
			const scan = await adoptDrift(ports, {
				environment,
				workflow: body.workflow,
				basedOn: body.basedOn ?? null,
				actor: actor.name,
			});
			return { status: 200, body: await reportOf(ports, environment, scan, firstPage) };
		}),
		defineRoute({
			method: 'post',
			path: `${root}/revert`,
			summary: 'Promote what is expected of a workflow again',
			description:
				'A promotion within the environment: planned, sealed, fenced, seen live, undone when it fails. ' +
				'What it replaces is kept as a version. Goes on in the background; follow it with GET /promotions/{id}.',
			role: 'operator',
			environment: ({ params: { environment } }) => environment,
			params,
			body: revertInput,
			responses: { 202: promotionSchema },
			errors: [
				...asked,
				'workflow_not_found',
				'drift_not_found',
				'drift_moved',
				'promotion_blocked',
				'promotion_environment_busy',
				'promotion_plan_stale',
			],
			examples: {
				...examples,
				body: { workflow: exampleFinding.workflowKey },
				response: examplePromotion,
			},
		}).handledBy(async ({ params: { environment }, body, actor, note }) => {
			note({ workflow: body.workflow });
			const promotion = await revertDrift(ports, {
				environment,
				workflow: body.workflow,
				basedOn: body.basedOn ?? null,
				message: body.message ?? null,
				actor,
			});
			if (promotion.phase === 'applying') ports.drive(promotion);
			const steps = await ports.stepsOf(promotion.id);
			return { status: 202, body: promotionToWire(promotion, steps) };
		}),
		defineRoute({
			method: 'post',
			path: `${root}/accept`,
			summary: 'Let a drift be until a date',
			description:
				'It stays in the list, marked. When it becomes another drift, or the date comes, it is told again.',
			role: 'operator',
			environment: ({ params: { environment } }) => environment,
			params,
			body: acceptInput,
			responses: { 200: z.strictObject({ data: z.array(findingSchema) }) },
			errors: [...asked, 'drift_not_found'],
			examples: {
				...examples,
				body: {
					workflow: exampleFinding.workflowKey,
					kinds: ['live'],
					until: '2031-05-01T00:00:00.000Z',
					reason: 'hotfix, comes with release 12',
				},
				response: {
					data: [
						{
							...exampleFinding,
							accepted: {
								until: '2031-05-01T00:00:00.000Z',
								reason: 'hotfix, comes with release 12',
								by: 'release pipeline',
							},
						},
					],
				},
			},
		}).handledBy(async ({ params: { environment }, body, actor, note }) => {
			note({ workflow: body.workflow });
			const findings = await acceptDrift(ports, {
				environment,
				workflow: body.workflow,
				kinds: body.kinds ?? null,
				until: new Date(body.until),
				reason: body.reason,
				actor: actor.name,
			});
			return { status: 200, body: { data: findings.map(findingToWire) } };
		}),
	];
}

function ruleRoutes(ports: DriftRoutesDependencies): Route[] {
	const rule = { schedule: '*/15 * * * *', ignored: ['tags' as const] };
	return [
		defineRoute({
			method: 'get',
			path: `${root}/rule`,
			summary: 'When an environment is looked at and what is no drift there',
			role: ['viewer', 'node'],
			environment: ({ params: { environment } }) => environment,
			params,
			responses: { 200: ruleSchema },
			errors: ['environment_not_found'],
			examples: { ...examples, response: rule },
		}).handledBy(async ({ params: { environment } }) => {
			await ports.environmentOf(environment);
			const found = await ports.drift.rule(environment);
			const schedule = await scheduleOf(ports, environment);
			return { status: 200, body: { schedule, ignored: found?.ignored ?? [] } };
		}),
		defineRoute({
			method: 'put',
			path: `${root}/rule`,
			summary: 'Say when an environment is looked at and what is no drift there',
			role: 'operator',
			environment: ({ params: { environment } }) => environment,
			params,
			body: ruleSchema,
			responses: { 200: ruleSchema },
			errors: ['environment_not_found'],
			examples: { ...examples, body: rule, response: rule },
		}).handledBy(async ({ params: { environment }, body, actor, note }) => {
			note(body);
			await ports.environmentOf(environment);
			const { schedule, ignored } = body;
			await ports.drift.putRule(
				{ environment, schedule, ignored, updatedBy: actor.name, updatedAt: ports.clock.now() },
				ports.nextRun(schedule),
			);
			return { status: 200, body };
		}),
	];
}

async function reportOf(
	ports: DriftPorts,
	environment: string,
	scan: Scan | null,
	query: ReportQuery,
) {
	const last = await ports.drift.lastScan(environment);
	const findings = scan?.findings ?? (await ports.drift.findings(environment));
	const { workflow } = query;
	const asked =
		workflow === undefined
			? findings
			: findings.filter((one) => one.workflowKey === workflow || one.workflowId === workflow);
	const page = pageOfAll(asked, query, ({ id }) => id);
	return {
		environment,
		inSync: findings.every(({ accepted }) => accepted !== null),
		scannedAt: (scan?.scannedAt ?? last?.scannedAt)?.toISOString() ?? null,
		lastError: last?.error ?? null,
		nextScanAt: last?.nextAt?.toISOString() ?? null,
		waitingFor: scan?.waitingFor ?? null,
		workflows: scan?.workflows ?? last?.workflows ?? 0,
		data: page.data.map(findingToWire),
		nextCursor: page.nextCursor,
		unmanaged: scan?.unmanaged ?? [],
	};
}
