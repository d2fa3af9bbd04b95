import type { Alert, AlertRule, NoticeKind } from '../alerts/alert-rule';
import type { AlertNotice } from '../alerts/alert-store';
import type { AlertChannel } from '../alerts/channel';

export interface RuleRow {
	name: string;
	condition: AlertRule['condition'];
	environment: string | null;
	workflow: string | null;
	severity: AlertRule['severity'];
	channels: string[];
	for_ms: number;
	repeat_ms: number | null;
	quiet_hours: AlertRule['quietHours'];
	enabled: boolean;
	created_at: Date;
	updated_at: Date;
}

export function toRule(row: RuleRow): AlertRule {
	return {
		name: row.name,
		condition: row.condition,
		environment: row.environment,
		workflow: row.workflow,
		severity: row.severity,
		channels: row.channels,
		forMs: Number(row.for_ms),
		repeatMs: row.repeat_ms === null ? null : Number(row.repeat_ms),
		quietHours: row.quiet_hours,
		enabled: row.enabled,
		createdAt: row.created_at,
		updatedAt: row.updated_at,
	};
}

export interface ChannelRow {
	name: string;
	kind: AlertChannel['kind'];
	leads_to: string;
	sealed_target: string;
	created_at: Date;
	updated_at: Date;
}

export function toChannel(row: ChannelRow): AlertChannel {
	return {
		name: row.name,
		kind: row.kind,
		to: row.leads_to,
		sealedTarget: row.sealed_target,
		createdAt: row.created_at,
		updatedAt: row.updated_at,
	};
}

export interface AlertRow {
	id: string;
	rule: string;
	cause: string;
	environment: string | null;
	severity: Alert['severity'];
	state: Alert['state'];
	summary: string;
	since: Date;
	told_at: Date | null;
	resolved_at: Date | null;
	revision: number;
}

export function toAlert(row: AlertRow): Alert {
	return {
		id: row.id,
		rule: row.rule,
		cause: row.cause,
		environment: row.environment,
		severity: row.severity,
		state: row.state,
		summary: row.summary,
		since: row.since,
		toldAt: row.told_at,
		resolvedAt: row.resolved_at,
		revision: row.revision,
	};
}

export interface NoticeRow {
	id: string;
	alert_id: string;
	channel: string;
	kind: NoticeKind;
	summary: string;
	state: AlertNotice['state'];
	attempts: number;
	trouble: string | null;
	created_at: Date;
}

export function toNotice(row: NoticeRow): AlertNotice {
	return {
		id: row.id,
		alertId: row.alert_id,
		channel: row.channel,
		kind: row.kind,
		summary: row.summary,
		state: row.state,
		attempts: row.attempts,
		trouble: row.trouble,
		createdAt: row.created_at,
	};
}
