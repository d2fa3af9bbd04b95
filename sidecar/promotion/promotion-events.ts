import type { Clock } from '../kernel/clock';
import type { PromotionPhase } from './promotion';
import type { PromotionStore } from './promotion-store';

export const promotionEventTypes = [
	'phase',
	'step',
	'approval',
	'break-glass',
	'hold',
	'watch',
] as const;

/** One thing that happened to a promotion. Numbers have no gaps. */
export interface PromotionEvent {
	sequence: number;
	type: (typeof promotionEventTypes)[number];
	data: Record<string, unknown>;
	at: Date;
}

/** Nothing more happens to the target; a roll-back is a promotion of its own. */
const ends: readonly PromotionPhase[] = [
	'succeeded',
	'failed',
	'errored',
	'rolled-back',
	'aborted',
];

export function isOver(phase: PromotionPhase): boolean {
	return ends.includes(phase);
}

const pageSize = 200;
const pollMs = 300;

/**
 * What happened to a promotion since event `after` and what happens from now on, until it is over or
 * the signal is aborted. Read from the database, so any replica can tell it.
 */
export async function* followEvents(
	{ promotions, clock }: { promotions: Pick<PromotionStore, 'find' | 'events'>; clock: Clock },
	id: string,
	after: number,
	signal: AbortSignal,
): AsyncGenerator<PromotionEvent> {
	let last = after;
	while (!signal.aborted) {
		// The phase first: what happened up to an end is there when the end is.
		const promotion = await promotions.find(id);
		const page = await promotions.events(id, last, pageSize);
		for (const event of page) {
			last = event.sequence;
			yield event;
		}
		if (page.length === pageSize) continue;
		if (!promotion || isOver(promotion.phase)) return;
		await clock.sleep(pollMs, signal);
	}
}
