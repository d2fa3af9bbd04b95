import type { Queryable } from './queryable';

/** What is to be delivered, or failed for good, is kept whatever its age. */
export async function pruneEvents(db: Queryable, now: Date, limit: number): Promise<number> {
	const { rowCount } = await db.query(
		`delete from webhook_events where webhook_events.id in (
			select old.id from webhook_events old
			where old.keep_until <= $1 and old.dedup_until <= $1
				and not exists (select from webhook_arrivals
					where webhook_arrivals.position = old.position)
				and not exists (select from webhook_deliveries
					where webhook_deliveries.event_id = old.id
						and webhook_deliveries.state in ('pending', 'delivering', 'dead'))
			limit $2)`,
		[now, limit],
	);
	return rowCount;
}
