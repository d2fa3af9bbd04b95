import type { Alert, AlertRule, NoticeKind } from './alert-rule';
import type { AlertChannel } from './channel';
import type { Notice } from './decide-alert';

/** One notice to one channel. */
export interface AlertNotice {
	id: string;
	alertId: string;
	channel: string;
	kind: NoticeKind;
	/** As it was when it was told. */
	summary: string;
	state: 'waiting' | 'sent' | 'failed';
	attempts: number;
	/** Why the last attempt failed. */
	trouble: string | null;
	createdAt: Date;
}

export interface AlertFilter {
	rule?: string;
	state?: Alert['state'];
	environment?: string;
}

export interface AlertPage {
	limit: number;
	after: string | null;
}

/** A notice to send, and what it speaks of. */
export interface ClaimedNotice {
	notice: AlertNotice;
	alert: Alert;
	/** Null: the channel was removed. */
	channel: AlertChannel | null;
}

/** Port. Storage implements it. */
export interface AlertStore {
	/** @throws alert_channel_not_found */
	putRule(rule: AlertRule): Promise<{ rule: AlertRule; created: boolean }>;
	findRule(name: string): Promise<AlertRule | null>;
	listRules(page: AlertPage): Promise<AlertRule[]>;
	/** With its alerts. False: there was none. */
	removeRule(name: string): Promise<boolean>;

	putChannel(channel: AlertChannel): Promise<{ channel: AlertChannel; created: boolean }>;
	findChannel(name: string): Promise<AlertChannel | null>;
	listChannels(page: AlertPage): Promise<AlertChannel[]>;
	/** 'in-use': a rule names it. */
	removeChannel(name: string): Promise<'removed' | 'missing' | 'in-use'>;

	/** The newest alert of each cause of a rule. */
	alertsOf(rule: string): Promise<Alert[]>;
	/**
	 * Keeps an alert, and a notice for each channel, together. Nothing is kept when the alert has
	 * changed since it was read: then another process was at it.
	 */
	keep(alert: Alert, known: Alert | null, notice: Notice | null, rule: AlertRule): Promise<boolean>;
	/** Newest first, each with its notices. */
	listAlerts(
		filter: AlertFilter,
		page: AlertPage,
	): Promise<Array<{ alert: Alert; notices: AlertNotice[] }>>;

	/** Takes what is due; it is nobody else's for `ttlMs`. */
	claimNotices(limit: number, ttlMs: number): Promise<ClaimedNotice[]>;
	/** Prolongs what was taken and is not settled. */
	renewNotices(ids: readonly string[], ttlMs: number): Promise<void>;
	/** `retryAt` null: no more attempts. */
	settleNotice(
		id: string,
		outcome: { sent: true } | { sent: false; trouble: string; retryAt: Date | null },
	): Promise<void>;
	/** Removes what was resolved before. */
	purge(before: Date): Promise<number>;
}
