import type { Restore } from './make-plan';
import type { Promotion } from './promotion';
import { findPromotion, type PromotionPorts } from './promotion-ports';

/** For a roll-back: what each workflow was before the promotion that it undoes. */
export async function restoresOf(
	ports: Pick<PromotionPorts, 'promotions'>,
	promotion: Pick<Promotion, 'rollbackOf'>,
): Promise<Record<string, Restore> | undefined> {
	if (promotion.rollbackOf === null) return undefined;
	const { plan } = await findPromotion(ports, promotion.rollbackOf);
	return Object.fromEntries(
		plan.changes.map(({ workflowKey, before }): [string, Restore] => {
			if (!before) return [workflowKey, { publish: false, thenDraft: null, unpublish: true }];
			const edited = before.live !== null && before.live !== before.draft;
			return [
				workflowKey,
				{
					publish: before.live !== null,
					thenDraft: edited ? before.draft : null,
					unpublish: false,
				},
			];
		}),
	);
}
