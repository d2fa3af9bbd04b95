import type { Clock } from '../../kernel/clock';
import { type BulkReplay, isOver } from './bulk-replay';
import type { BulkReplayStore } from './bulk-replay-store';

const pollMs = 500;

/** Each change, as it is read from the database, until nothing more can change or the signal is aborted. */
export async function* followBulkReplay(
	{ bulks, clock }: { bulks: Pick<BulkReplayStore, 'find'>; clock: Clock },
	id: string,
	signal: AbortSignal,
): AsyncGenerator<BulkReplay> {
	let last = '';
	while (!signal.aborted) {
		const bulk = await bulks.find(id);
		if (!bulk) return;
		const now = JSON.stringify([bulk.state, bulk.reason, bulk.counts]);
		if (now !== last) yield bulk;
		last = now;
		if (isOver(bulk.state) && bulk.counts.replaying === 0) return;
		await clock.sleep(pollMs, signal);
	}
}
