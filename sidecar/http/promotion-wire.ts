import type { z } from 'zod';
import type { GatePorts } from '../promotion/gates/gate-ports';
import { readGates } from '../promotion/gates/read-gates';
import type { Promotion } from '../promotion/promotion';
import { findPromotion } from '../promotion/promotion-ports';
import { isOver } from '../promotion/promotion-events';
import { requireEnvironment, type Actor } from './authenticate';
import { approvalToWire, gateToWire, watchToWire } from './promotion-gates-schemas';
import { promotionToWire, type promotionSchema } from './promotion-schemas';

/** A promotion with all that is known of it; gates are shown as they are for who asks. */
export async function wholeToWire(
	ports: GatePorts,
	promotion: Promotion,
	actor: Actor,
): Promise<z.input<typeof promotionSchema>> {
	const { id, phase } = promotion;
	const glass = await ports.gates.breakGlassOf(id);
	const watch = await ports.watches.find(id);
	const waits = phase === 'planned' || phase === 'awaiting-approval';
	return {
		...promotionToWire(promotion, await ports.promotions.steps(id)),
		gates: waits ? (await readGates(ports, promotion, actor)).map(gateToWire) : [],
		approvals: (await ports.gates.approvals(id)).map(approvalToWire),
		breakGlass: glass && { ...glass, at: glass.at.toISOString() },
		watch: watch && watchToWire(watch),
	};
}

/** @throws promotion_not_found, forbidden */
export async function reachable(
	ports: Pick<GatePorts, 'promotions'>,
	id: string,
	actor: Actor,
): Promise<Promotion> {
	const promotion = await findPromotion(ports, id);
	requireEnvironment(actor, promotion.to);
	return promotion;
}

/** Nothing comes after event `after` any more. */
export async function isToldOut(
	ports: Pick<GatePorts, 'promotions'>,
	promotion: Promotion,
	after: number,
): Promise<boolean> {
	return (
		isOver(promotion.phase) && (await ports.promotions.events(promotion.id, after, 1)).length === 0
	);
}
