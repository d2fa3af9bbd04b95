import { OrchestrationError } from '../../kernel/errors';
import { findPromotion, wrongPhase } from '../promotion-ports';
import type { GatePorts } from './gate-ports';
import { versionsIn, type PromotionHold } from './promotion-hold';

/**
 * Holds what a promotion has brought, or would bring, for its environment, by hand.
 * @throws promotion_not_found, promotion_phase when it changes no content
 */
export async function placeHold(
	ports: Pick<GatePorts, 'promotions' | 'gates' | 'clock'>,
	request: { environment: string; promotionId: string; reason: string; actor: string },
): Promise<PromotionHold> {
	const promotion = await findPromotion(ports, request.promotionId);
	const versions = versionsIn(promotion.plan.changes);
	if (promotion.to !== request.environment || Object.keys(versions).length === 0) {
		const wanted = `one that changes workflows of ${request.environment}`;
		throw wrongPhase(promotion, wanted, `It goes to ${promotion.to}; name another.`);
	}
	return await ports.gates.placeHold({
		environment: request.environment,
		promotionId: promotion.id,
		versions,
		reason: request.reason,
		placedBy: request.actor,
		placedAt: ports.clock.now(),
	});
}

/** @throws hold_not_found */
export async function releaseHold(
	ports: Pick<GatePorts, 'gates' | 'clock'>,
	request: { environment: string; id: string; reason: string; actor: string },
): Promise<PromotionHold> {
	const { id, environment, reason, actor: by } = request;
	const at = ports.clock.now();
	const hold = await ports.gates.releaseHold(id, environment, { by, reason, at });
	if (hold) return hold;
	throw new OrchestrationError(
		'hold_not_found',
		`There is no hold ${id} on ${environment}. List them with GET /api/v1/environments/${environment}/holds.`,
		{ details: { id, environment } },
	);
}
