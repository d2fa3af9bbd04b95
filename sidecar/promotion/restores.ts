import type { PlannedChange, Promotion } from './promotion';
import { findPromotion, wrongPhase, type PromotionPorts } from './promotion-ports';

/** What a roll-back makes of one workflow. */
export interface Restore {
	/** Our version to bring; null: what it is now stays as it is. */
	version: string | null;
	/** Whether the version is written; else it is only taken out of service. */
	stage: boolean;
	publish: boolean;
	unpublish: boolean;
	/** An unpublished edit to leave as the draft. */
	thenDraft: string | null;
}

/** What undoes a change; null when it did nothing. */
export function restoreOf(change: PlannedChange): Restore | null {
	const { before } = change;
	if (change.action === 'none') return null;
	const took = change.publish || change.unpublish;
	const restore = { stage: true, publish: false, unpublish: false, thenDraft: null };
	if (!before) return { ...restore, version: null, stage: false, unpublish: true };
	if (!took) return { ...restore, version: before.draft };
	if (before.live === null) {
		return { ...restore, version: before.draft, unpublish: change.publish };
	}
	return {
		...restore,
		version: before.live,
		publish: true,
		thenDraft: before.draft === before.live ? null : before.draft,
	};
}

/**
 * What a promotion within one environment puts back: as it says itself, or, for a roll-back, what each
 * workflow was before the promotion that it undoes.
 * @throws promotion_phase when that one is not there to be undone any more
 */
export async function restoresOf(
	ports: Pick<PromotionPorts, 'promotions'>,
	promotion: Pick<Promotion, 'rollbackOf'> & { spec?: Pick<Promotion['spec'], 'restore'> },
): Promise<Record<string, Restore> | undefined> {
	if (promotion.spec?.restore) return promotion.spec.restore;
	if (promotion.rollbackOf === null) return undefined;
	const undone = await findPromotion(ports, promotion.rollbackOf);
	if (undone.phase !== 'succeeded') throw notUndoable(undone);
	return Object.fromEntries(
		undone.plan.changes.flatMap((change) => {
			const restore = restoreOf(change);
			return restore ? [[change.workflowKey, restore] as const] : [];
		}),
	);
}

export function notUndoable(promotion: Promotion) {
	return wrongPhase(promotion, 'succeeded', 'Only what was promoted can be rolled back.');
}
