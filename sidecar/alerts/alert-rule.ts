import type { QuietHours } from '../kernel/quiet-hours';
import type { AlertCondition } from './condition';

export type Severity = 'warning' | 'critical';

export interface AlertRule {
	name: string;
	condition: AlertCondition;
	/** null: all of them. */
	environment: string | null;
	/** Id in its environment; null: all of them. */
	workflow: string | null;
	severity: Severity;
	channels: string[];
	/** Must hold for so long before anybody is told. */
	forMs: number;
	/** Told again while it holds; null: once. */
	repeatMs: number | null;
	quietHours: QuietHours | null;
	enabled: boolean;
	createdAt: Date;
	updatedAt: Date;
}

/** One for each rule and cause. */
export interface Alert {
	id: string;
	rule: string;
	/** What it is about; the same text is the same cause. */
	cause: string;
	environment: string | null;
	severity: Severity;
	state: AlertState;
	summary: string;
	/** When it began to hold. */
	since: Date;
	/** Last notice of any kind; null while nobody was told. */
	toldAt: Date | null;
	resolvedAt: Date | null;
	/** Grows with every change that is kept. */
	revision: number;
}

/** pending: holds, not for long enough; firing: holds; resolved: over. */
export type AlertState = 'pending' | 'firing' | 'resolved';

export const noticeKinds = ['raised', 'repeated', 'resolved'] as const;
export type NoticeKind = (typeof noticeKinds)[number];
