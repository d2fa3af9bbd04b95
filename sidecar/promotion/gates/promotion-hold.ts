import type { PlannedChange } from '../promotion';

/** What went wrong in an environment and must not come back by itself. */
export interface PromotionHold {
	id: string;
	environment: string;
	/** The promotion that brought it. */
	promotionId: string;
	/** Workflow key → version that was promoted. */
	versions: Record<string, string>;
	reason: string;
	placedBy: string;
	placedAt: Date;
	releasedBy: string | null;
	releaseReason: string | null;
	releasedAt: Date | null;
}

/** What a promotion would bring, or has brought: workflow key → version. */
export function versionsIn(changes: readonly PlannedChange[]): Record<string, string> {
	return Object.fromEntries(
		changes
			.filter(({ action }) => action === 'create' || action === 'update')
			.map(({ workflowKey, versionId }) => [workflowKey, versionId]),
	);
}

/**
 * Whether changes bring back what is held: of the workflows held they bring some, and none of those in
 * another version. So a release with the culprit mended passes, whatever else of the old one it has.
 */
export function bringsBack(
	changes: readonly PlannedChange[],
	{ versions }: Pick<PromotionHold, 'versions'>,
): boolean {
	const brought = Object.entries(versionsIn(changes)).filter(([key]) =>
		Object.hasOwn(versions, key),
	);
	return brought.length > 0 && brought.every(([key, versionId]) => versions[key] === versionId);
}
