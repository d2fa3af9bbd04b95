import type { Clock } from '../../kernel/clock';
import type { BulkReplay } from './bulk-replay';
import type { BulkReplayStore } from './bulk-replay-store';
import { firstPace, liveRatio, nextPace } from './live-pace';

/** What counts as before. */
const beforeMs = 3_600_000;
/** What counts as now: enough runs for a percentile that chance does not move, and soon seen. */
const nowMs = 30_000;
const judgedEveryMs = 10_000;

/** Looks every few seconds how live executions do beside a bulk replay, and sets its pace. */
export async function keepPace(
	{ bulks, clock }: { bulks: BulkReplayStore; clock: Clock },
	bulk: BulkReplay,
): Promise<void> {
	if (bulk.liveRatio === null) return;
	const now = clock.now();
	const { baseline, pacedAt } = await bulks.paceOf(bulk.id);
	const { environment } = bulk.filter;
	if (baseline === null) {
		const from = new Date(bulk.createdAt.getTime() - beforeMs);
		const before = await bulks.liveFigures(environment, from, bulk.createdAt);
		const pace = firstPace(bulk.rate, before);
		await bulks.setPace(bulk.id, { pace, baseline: before, at: now });
		return;
	}
	if (pacedAt !== null && now.getTime() - pacedAt.getTime() < judgedEveryMs) return;
	const since = new Date(now.getTime() - nowMs);
	const ratio = liveRatio(baseline, await bulks.liveFigures(environment, since, now));
	const pace = nextPace(bulk, ratio, bulk.liveRatio);
	await bulks.setPace(bulk.id, { pace, baseline, at: now });
}
