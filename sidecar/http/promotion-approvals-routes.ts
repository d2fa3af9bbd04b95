import { z } from 'zod';
import { decideApproval } from '../promotion/gates/decide-approval';
import type { GatePorts } from '../promotion/gates/gate-ports';
import { followEvents, type PromotionEvent } from '../promotion/promotion-events';
import { eventToWire, promotionEventSchema } from './promotion-gates-schemas';
import { examplePromotion, promotionSchema } from './promotion-schemas';
import { isToldOut, reachable, wholeToWire } from './promotion-wire';
import { defineRoute, serverSentEvents, type Route } from './route';
import { plainText } from './wire-schemas';

const params = z.strictObject({ id: z.uuid() });
const example = { params: { id: examplePromotion.id } };

/** Somebody's word on a promotion, and what happens to it. */
export function promotionApprovalsRoutes(ports: GatePorts): Route[] {
	return [
		defineRoute({
			method: 'post',
			path: '/api/v1/promotions/{id}/approvals',
			summary: 'Approve or reject the plan with this digest',
			description:
				'One word each; the same again changes nothing. A rejection ends the promotion. An approval belongs to the sealed plan: a new plan needs new ones.',
			role: 'operator',
			environment: 'handler',
			params,
			body: z.strictObject({
				decision: z.enum(['approve', 'reject']),
				reason: plainText(2000).optional(),
				planDigest: z.string().regex(/^[0-9a-f]{64}$/),
			}),
			responses: { 200: promotionSchema },
			errors: [
				'promotion_not_found',
				'promotion_phase',
				'promotion_plan_stale',
				'approval_not_allowed',
			],
			examples: {
				...example,
				body: { decision: 'approve', planDigest: examplePromotion.plan.digest },
				response: examplePromotion,
			},
		}).handledBy(async ({ params: { id }, body, actor }) => {
			await reachable(ports, id, actor);
			const { decision, planDigest } = body;
			const reason = body.reason ?? null;
			const promotion = await decideApproval(ports, { id, decision, reason, planDigest, actor });
			return { status: 200, body: await wholeToWire(ports, promotion, actor) };
		}),
		defineRoute({
			method: 'get',
			path: '/api/v1/promotions/{id}/events',
			summary: 'What happens to a promotion, as it happens',
			description:
				'Server-sent events, from the first one on, or from after the Last-Event-ID. Ids are numbers without gaps, the same on every replica. Ends when the promotion is over; after that 204 tells an EventSource to stop.',
			role: ['viewer', 'node'],
			environment: 'handler',
			params,
			responses: { 200: serverSentEvents(promotionEventSchema), 204: null },
			errors: ['promotion_not_found'],
			examples: example,
		}).handledBy(async ({ params: { id }, actor, lastEventId, signal }) => {
			const promotion = await reachable(ports, id, actor);
			const after = sequenceIn(lastEventId);
			if (after > 0 && (await isToldOut(ports, promotion, after))) return { status: 204 };
			return { status: 200, events: sent(id, followEvents(ports, id, after, signal)) };
		}),
	];
}

/** What is no id of ours is as none. */
function sequenceIn(lastEventId: string | null): number {
	return lastEventId !== null && /^\d{1,9}$/.test(lastEventId) ? Number(lastEventId) : 0;
}

async function* sent(id: string, events: AsyncIterable<PromotionEvent>) {
	for await (const event of events) {
		const { sequence, type } = event;
		yield { id: String(sequence), event: type, data: eventToWire(id, event) };
	}
}
