import type { AlertStore } from '../alerts/alert-store';
import { keepAlert, listAlerts, newestAlerts, purgeAlerts } from './alert-changes';
import { claimNotices, renewNotices, settleNotice } from './alert-notices';
import { type ChannelRow, type RuleRow, toAlert, toChannel, toRule } from './alert-rows';
import { requireChannels } from './alert-channels';
import type { Pool } from './queryable';
import { transaction } from './transaction';

export function createAlertStore(pool: Pool): AlertStore {
	return {
		putRule: async (rule) =>
			await transaction(pool, async (tx) => {
				await requireChannels(tx, rule.channels);
				const { rows } = await tx.query<RuleRow & { created: boolean }>(putRuleSql, [
					rule.name,
					JSON.stringify(rule.condition),
					rule.environment,
					rule.workflow,
					rule.severity,
					rule.channels,
					rule.forMs,
					rule.repeatMs,
					rule.quietHours === null ? null : JSON.stringify(rule.quietHours),
					rule.enabled,
					rule.createdAt,
					rule.updatedAt,
				]);
				const row = only(rows);
				return { rule: toRule(row), created: row.created };
			}),
		findRule: async (name) => {
			const { rows } = await pool.query<RuleRow>(findRuleSql, [name]);
			return rows[0] ? toRule(rows[0]) : null;
		},
		listRules: async ({ limit, after }) => {
			const { rows } = await pool.query<RuleRow>(listRulesSql, [after, limit]);
			return rows.map(toRule);
		},
		removeRule: async (name) => {
			const { rowCount } = await pool.query(removeRuleSql, [name]);
			return rowCount === 1;
		},
		putChannel: async (channel) => {
			const { rows } = await pool.query<ChannelRow & { created: boolean }>(putChannelSql, [
				channel.name,
				channel.kind,
				channel.to,
				channel.sealedTarget,
				channel.createdAt,
				channel.updatedAt,
			]);
			const row = only(rows);
			return { channel: toChannel(row), created: row.created };
		},
		findChannel: async (name) => {
			const { rows } = await pool.query<ChannelRow>(findChannelSql, [name]);
			return rows[0] ? toChannel(rows[0]) : null;
		},
		listChannels: async ({ limit, after }) => {
			const { rows } = await pool.query<ChannelRow>(listChannelsSql, [after, limit]);
			return rows.map(toChannel);
		},
		removeChannel: async (name) =>
			await transaction(pool, async (tx) => {
				const { rows } = await tx.query(lockChannelSql, [name]);
				if (rows.length === 0) return 'missing';
				const { rowCount } = await tx.query(removeChannelSql, [name]);
				return rowCount === 1 ? 'removed' : 'in-use';
			}),
		alertsOf: async (rule) => (await newestAlerts(pool, rule)).map(toAlert),
		keep: async (alert, known, notice, rule) =>
			await transaction(pool, async (tx) => await keepAlert(tx, alert, known, notice, rule)),
		listAlerts: async (filter, page) => await listAlerts(pool, filter, page),
		claimNotices: async (limit, ttlMs) => await claimNotices(pool, limit, ttlMs),
		renewNotices: async (ids, ttlMs) => {
			await renewNotices(pool, ids, ttlMs);
		},
		settleNotice: async (id, outcome) => {
			await settleNotice(pool, id, outcome);
		},
		purge: async (before) => await purgeAlerts(pool, before),
	};
}

function only<Row>(rows: Row[]): Row {
	const [row] = rows;
	if (!row) throw new Error('the row was not kept');
	return row;
}

const putRuleSql = `
	insert into alert_rules as rule (name, condition, environment, workflow, severity, channels,
		for_ms, repeat_ms, quiet_hours, enabled, created_at, updated_at)
	values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
	on conflict (name) do update set
		condition = excluded.condition,
		environment = excluded.environment,
		workflow = excluded.workflow,
		severity = excluded.severity,
		channels = excluded.channels,
		for_ms = excluded.for_ms,
		repeat_ms = excluded.repeat_ms,
		quiet_hours = excluded.quiet_hours,
		enabled = excluded.enabled,
		updated_at = excluded.updated_at
	returning rule.*, (rule.xmax = 0) as created`;

const findRuleSql = `select rule.* from alert_rules as rule where rule.name = $1`;

const listRulesSql = `
	select rule.* from alert_rules as rule
	where $1::text is null or rule.name > $1
	order by rule.name
	limit $2`;

const removeRuleSql = `delete from alert_rules as rule where rule.name = $1`;

const putChannelSql = `
	insert into alert_channels as channel (name, kind, leads_to, sealed_target, created_at, updated_at)
	values ($1, $2, $3, $4, $5, $6)
	on conflict (name) do update set
		kind = excluded.kind,
		leads_to = excluded.leads_to,
		sealed_target = excluded.sealed_target,
		updated_at = excluded.updated_at
	returning channel.*, (channel.xmax = 0) as created`;

const findChannelSql = `select channel.* from alert_channels as channel where channel.name = $1`;

const listChannelsSql = `
	select channel.* from alert_channels as channel
	where $1::text is null or channel.name > $1
	order by channel.name
	limit $2`;

// A rule that is being put holds the row in share mode: one of the two waits.
const lockChannelSql = `
	select channel.name from alert_channels as channel where channel.name = $1 for update`;

const removeChannelSql = `
	delete from alert_channels as channel
	where channel.name = $1
		and not exists (select from alert_rules as rule where $1 = any (rule.channels))`;
