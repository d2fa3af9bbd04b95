import type { PromotionEvent } from '../promotion/promotion-events';
import type { Queryable } from './pool';

export async function promotionEvents(
	client: Queryable,
	id: string,
	after: number,
	limit: number,
): Promise<PromotionEvent[]> {
	const { rows } = await client.query<PromotionEvent>(
		`select promotion_events.sequence::integer as sequence, promotion_events.type,
			promotion_events.data, promotion_events.at
		from promotion_events
		where promotion_events.promotion_id = $1 and promotion_events.sequence > $2
		order by promotion_events.sequence limit $3`,
		[id, after, limit],
	);
	return rows;
}
