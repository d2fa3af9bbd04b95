import type { Alert, AlertRule } from '../alerts/alert-rule';
import type { AlertFilter, AlertNotice, AlertPage } from '../alerts/alert-store';
import type { Notice } from '../alerts/decide-alert';
import { type AlertRow, type NoticeRow, toAlert, toNotice } from './alert-rows';
import type { Queryable } from './queryable';

export async function newestAlerts(db: Queryable, rule: string): Promise<AlertRow[]> {
	return (await db.query<AlertRow>(newestSql, [rule])).rows;
}

/** False: another process was quicker. */
export async function keepAlert(
	tx: Queryable,
	alert: Alert,
	known: Alert | null,
	notice: Notice | null,
	rule: AlertRule,
): Promise<boolean> {
	const values = [
		alert.id,
		alert.rule,
		alert.cause,
		alert.environment,
		alert.severity,
		alert.state,
		alert.summary,
		alert.since,
		alert.toldAt,
		alert.resolvedAt,
	];
	const { rowCount } = known
		? await tx.query(changeSql, [...values, known.revision])
		: await tx.query(addSql, values);
	if (rowCount === 0) return false;
	if (notice && rule.channels.length > 0) {
		const said = [alert.id, rule.channels, notice.kind, alert.summary, notice.at];
		await tx.query(tellSql, said);
	}
	return true;
}

export async function listAlerts(
	db: Queryable,
	{ rule, state, environment }: AlertFilter,
	{ limit, after }: AlertPage,
): Promise<Array<{ alert: Alert; notices: AlertNotice[] }>> {
	const asked = [rule ?? null, state ?? null, environment ?? null, after, limit];
	const { rows } = await db.query<AlertRow>(listSql, asked);
	const { rows: notices } = await db.query<NoticeRow>(noticesSql, [rows.map(({ id }) => id)]);
	return rows.map((row) => ({
		alert: toAlert(row),
		notices: notices.filter((each) => each.alert_id === row.id).map(toNotice),
	}));
}

export async function purgeAlerts(db: Queryable, before: Date): Promise<number> {
	return (await db.query(purgeSql, [before])).rowCount;
}

const newestSql = `
	select distinct on (alert.cause) alert.* from alerts as alert
	where alert.rule = $1
	order by alert.cause, alert.id desc`;

const addSql = `
	insert into alerts as alert (id, rule, cause, environment, severity, state, summary, since,
		told_at, resolved_at)
	values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
	on conflict (rule, cause) where state <> 'resolved' do nothing`;

const changeSql = `
	update alerts as alert set
		environment = $4,
		severity = $5,
		state = $6,
		summary = $7,
		since = $8,
		told_at = $9,
		resolved_at = $10,
		revision = alert.revision + 1
	where alert.id = $1 and alert.rule = $2 and alert.cause = $3 and alert.revision = $11`;

const tellSql = `
	insert into alert_notices (alert_id, channel, kind, summary, next_attempt_at, created_at)
	select $1, told.channel, $3, $4, $5, clock_timestamp()
	from unnest($2::text[]) as told (channel)`;

const listSql = `
	select alert.* from alerts as alert
	where ($1::text is null or alert.rule = $1)
		and ($2::text is null or alert.state = $2)
		and ($3::text is null or alert.environment = $3)
		and ($4::uuid is null or alert.id < $4)
	order by alert.id desc
	limit $5`;

const noticesSql = `
	select notice.* from alert_notices as notice
	where notice.alert_id = any ($1)
	order by notice.created_at, notice.channel`;

const purgeSql = `
	delete from alerts as alert
	where alert.state = 'resolved' and alert.resolved_at < $1
		and not exists (
			select from alert_notices as notice
			where notice.alert_id = alert.id and notice.state = 'waiting')`;
