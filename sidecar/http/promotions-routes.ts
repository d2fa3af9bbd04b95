import { z } from 'zod';
import { OrchestrationError } from '../kernel/errors';
import { abortPromotion } from '../promotion/abort-promotion';
import { applyPromotion } from '../promotion/apply-promotion';
import type { GatePorts } from '../promotion/gates/gate-ports';
import { passGates } from '../promotion/gates/pass-gates';
import { promotionPhases, type Promotion } from '../promotion/promotion';
import { proposePromotion, type ProposeRequest } from '../promotion/propose-promotion';
import { rollBack } from '../promotion/roll-back';
import { requireEnvironment } from './authenticate';
import { idCursor } from './id-cursor';
import { pageOf, pageQuery, toPage } from './paging';
import {
	examplePromotion,
	mappingsOf,
	promotionInput,
	promotionSchema,
	promotionToWire,
} from './promotion-schemas';
import { reachable, wholeToWire } from './promotion-wire';
import { type Route, defineRoute } from './route';
import { environmentName, plainText } from './wire-schemas';

export interface PromotionRoutesDependencies extends GatePorts {
	/** Goes on with a promotion in the background. */
	drive(id: string): void;
}

const params = z.strictObject({ id: z.uuid() });
const example = { params: { id: examplePromotion.id }, response: examplePromotion };

export function promotionsRoutes(ports: PromotionRoutesDependencies): Route[] {
	const toWire = async (promotion: Promotion) =>
		promotionToWire(promotion, await ports.promotions.steps(promotion.id));

	return [
		defineRoute({
			method: 'post',
			path: '/api/v1/promotions',
			summary: 'Plan a promotion',
			description:
				'Names a releaseId, or environment and workflowIds. Nothing is written to the target until the plan is applied by its digest.',
			role: ['operator', 'node'],
			environment: ({ body }) => body.to,
			body: promotionInput,
			responses: { 201: promotionSchema },
			errors: [
				'environment_not_found',
				'release_not_found',
				'workflow_not_found',
				'promotion_stage_order',
				'capability_missing',
			],
			examples: {
				body: {
					environment: 'dev',
					workflowIds: ['k3XvY0q1mJ8sT2aB'],
					to: 'production',
					mappings: { credentials: { aB3dE5: 'zY9xW7' } },
				},
				response: examplePromotion,
			},
		}).handledBy(async ({ body, actor }) => {
			const promotion = await proposePromotion(ports, {
				source: sourceOf(body),
				to: body.to,
				mappings: mappingsOf(body.mappings),
				publish: body.publish ?? true,
				message: body.message ?? null,
				createdBy: actor.name,
			});
			return { status: 201, body: await wholeToWire(ports, promotion, actor) };
		}),
		defineRoute({
			method: 'get',
			path: '/api/v1/promotions',
			summary: 'Promotions, newest first',
			role: ['viewer', 'node'],
			environment: 'handler',
			query: pageQuery({
				to: environmentName.optional(),
				phase: z.enum(promotionPhases).optional(),
			}),
			responses: { 200: pageOf(promotionSchema) },
			examples: { response: { data: [examplePromotion], nextCursor: null } },
		}).handledBy(async ({ query, actor }) => {
			const to = query.to ?? actor.environment ?? undefined;
			if (to !== undefined) requireEnvironment(actor, to);
			const after = idCursor(query.cursor);
			const rows = await ports.promotions.list(
				{ ...(to ? { to } : {}), ...(query.phase ? { phase: query.phase } : {}) },
				{ limit: query.limit + 1, after },
			);
			const wire = await Promise.all(rows.map(toWire));
			return { status: 200, body: toPage(wire, query, (row) => row.id) };
		}),
		defineRoute({
			method: 'get',
			path: '/api/v1/promotions/{id}',
			summary: 'One promotion with its plan and journal',
			role: ['viewer', 'node'],
			environment: 'handler',
			params,
			responses: { 200: promotionSchema },
			errors: ['promotion_not_found'],
			examples: example,
		}).handledBy(async ({ params: { id }, actor }) => {
			return {
				status: 200,
				body: await wholeToWire(ports, await reachable(ports, id, actor), actor),
			};
		}),
		defineRoute({
			method: 'post',
			path: '/api/v1/promotions/{id}/apply',
			summary: 'Apply the plan with this digest',
			description:
				'Refused when anything the plan rests on has moved. Goes on in the background; follow it with GET.',
			role: ['operator', 'node'],
			environment: 'handler',
			params,
			body: z.strictObject({
				planDigest: z.string().regex(/^[0-9a-f]{64}$/),
				breakGlass: z
					.strictObject({ reason: plainText(2000) })
					.optional()
					.meta({
						description: 'Only for admins: past gates that are not passed. It is recorded.',
					}),
			}),
			responses: { 202: promotionSchema },
			errors: [
				'promotion_not_found',
				'promotion_phase',
				'promotion_gate_closed',
				'promotion_blocked',
				'promotion_plan_stale',
				'promotion_environment_busy',
			],
			examples: { ...example, body: { planDigest: examplePromotion.plan.digest } },
		}).handledBy(async ({ params: { id }, body, actor }) => {
			await reachable(ports, id, actor);
			const { planDigest, breakGlass } = body;
			const promotion = await applyPromotion(ports, {
				id,
				planDigest,
				actor: actor.name,
				pass: async (planned) => await passGates(ports, planned, actor, breakGlass ?? null),
			});
			ports.drive(promotion.id);
			return { status: 202, body: await wholeToWire(ports, promotion, actor) };
		}),
		defineRoute({
			method: 'post',
			path: '/api/v1/promotions/{id}/abort',
			summary: 'Give up a promotion that was not applied yet',
			role: ['operator', 'node'],
			environment: 'handler',
			params,
			responses: { 200: promotionSchema },
			errors: ['promotion_not_found', 'promotion_phase'],
			examples: example,
		}).handledBy(async ({ params: { id }, actor }) => {
			await reachable(ports, id, actor);
			const promotion = await abortPromotion(ports, { id, actor: actor.name });
			return { status: 200, body: await wholeToWire(ports, promotion, actor) };
		}),
		defineRoute({
			method: 'post',
			path: '/api/v1/promotions/{id}/rollback',
			summary: 'Put the target back to what it was before a promotion',
			description:
				'Answers with the promotion that does it, already being applied. Refused when somebody has edited the target since, unless overwrite says so; a version of what is replaced is kept.',
			role: ['operator', 'node'],
			environment: 'handler',
			params,
			body: z.strictObject({ overwrite: z.boolean().optional() }).prefault({}),
			responses: { 202: promotionSchema },
			errors: [
				'promotion_not_found',
				'promotion_phase',
				'promotion_plan_stale',
				'promotion_blocked',
				'promotion_gate_closed',
				'promotion_environment_busy',
			],
			examples: { ...example, body: { overwrite: false } },
		}).handledBy(async ({ params: { id }, body, actor }) => {
			await reachable(ports, id, actor);
			const overwrite = body.overwrite ?? false;
			const promotion = await rollBack(ports, { id, overwrite, actor });
			ports.drive(promotion.id);
			return { status: 202, body: await wholeToWire(ports, promotion, actor) };
		}),
	];
}

function sourceOf(body: z.output<typeof promotionInput>): ProposeRequest['source'] {
	const { releaseId, environment, workflowIds } = body;
	if (releaseId !== undefined && environment === undefined && workflowIds === undefined) {
		return { releaseId };
	}
	if (releaseId === undefined && environment !== undefined && workflowIds !== undefined) {
		return { environment, workflowIds };
	}
	throw new OrchestrationError(
		'invalid_request',
		'Expected either releaseId, or environment and workflowIds; give one of the two and not the other.',
	);
}
