import type { ClaimedNotice } from '../alerts/alert-store';
import {
	type AlertRow,
	type ChannelRow,
	type NoticeRow,
	toAlert,
	toChannel,
	toNotice,
} from './alert-rows';
import type { Queryable } from './queryable';

export async function claimNotices(
	db: Queryable,
	limit: number,
	ttlMs: number,
): Promise<ClaimedNotice[]> {
	const { rows: notices } = await db.query<NoticeRow>(claimSql, [limit, ttlMs]);
	if (notices.length === 0) return [];
	const [alerts, channels] = await Promise.all([
		db.query<AlertRow>(alertsSql, [notices.map((notice) => notice.alert_id)]),
		db.query<ChannelRow>(channelsSql, [notices.map((notice) => notice.channel)]),
	]);
	return notices.flatMap((row) => {
		const alert = alerts.rows.find(({ id }) => id === row.alert_id);
		const channel = channels.rows.find(({ name }) => name === row.channel);
		if (!alert) return [];
		return [
			{
				notice: toNotice(row),
				alert: toAlert(alert),
				channel: channel ? toChannel(channel) : null,
			},
		];
	});
}

export async function renewNotices(
	db: Queryable,
	ids: readonly string[],
	ttlMs: number,
): Promise<void> {
	await db.query(renewSql, [ids, ttlMs]);
}

export async function settleNotice(
	db: Queryable,
	id: string,
	outcome: { sent: true } | { sent: false; trouble: string; retryAt: Date | null },
): Promise<void> {
	if (outcome.sent) await db.query(sentSql, [id]);
	else await db.query(failedSql, [id, outcome.trouble, outcome.retryAt]);
}

// Counted when it begins: a process that dies while it sends must not try for ever.
const claimSql = `
	update alert_notices as notice set
		attempts = notice.attempts + 1,
		next_attempt_at = clock_timestamp() + $2 * interval '1 millisecond'
	where notice.id in (
		select due.id from alert_notices as due
		where due.state = 'waiting' and due.next_attempt_at <= statement_timestamp()
		order by due.next_attempt_at
		limit $1
		for update skip locked)
	returning notice.*`;

const renewSql = `
	update alert_notices as notice set
		next_attempt_at = clock_timestamp() + $2 * interval '1 millisecond'
	where notice.id = any ($1) and notice.state = 'waiting'`;

const alertsSql = `select alert.* from alerts as alert where alert.id = any ($1)`;

const channelsSql = `select channel.* from alert_channels as channel where channel.name = any ($1)`;

const sentSql = `
	update alert_notices as notice set state = 'sent', trouble = null
	where notice.id = $1`;

const failedSql = `
	update alert_notices as notice set
		state = case when $3::timestamptz is null then 'failed' else 'waiting' end,
		trouble = $2,
		next_attempt_at = coalesce($3::timestamptz, notice.next_attempt_at)
	where notice.id = $1`;
