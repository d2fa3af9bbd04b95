import type { Promotion } from './promotion';
import { findPromotion, wrongPhase, type PromotionPorts } from './promotion-ports';

/**
 * Gives up a promotion that was not applied yet.
 * @throws promotion_not_found, promotion_phase
 */
export async function abortPromotion(
	ports: Pick<PromotionPorts, 'promotions' | 'clock'>,
	request: { id: string; actor: string },
): Promise<Promotion> {
	const promotion = await findPromotion(ports, request.id);
	const moved = await ports.promotions.move(
		promotion.id,
		['planned', 'awaiting-approval'],
		'aborted',
		`given up by ${request.actor}`,
		ports.clock.now(),
	);
	if (!moved) {
		throw wrongPhase(
			await findPromotion(ports, request.id),
			'planned or awaiting-approval',
			'What is applied already ends by itself; undo it with POST …/rollback.',
		);
	}
	return await findPromotion(ports, request.id);
}
