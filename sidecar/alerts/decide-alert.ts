import type { Alert, AlertRule, NoticeKind } from './alert-rule';
import { quietUntil } from '../kernel/quiet-hours';
import type { Observation } from './observe';

/** What becomes of an alert in one round, and what is to be told. */
export interface AlertDecision {
	alert: Alert;
	/** Null: nobody is told anything. */
	notice: Notice | null;
}

export interface Notice {
	kind: NoticeKind;
	/** Not to be sent before. */
	at: Date;
}

/** How long a thing that came back counts as the same trouble: flapping is told once. */
export const reopenMs = 300_000;

/**
 * @param known the alert of this rule and cause, if there ever was one
 * @param seen what holds now; null: it does not hold
 * @returns null when there is nothing to keep
 */
export function decideAlert(
	rule: AlertRule,
	known: Alert | null,
	seen: Observation | null,
	{ now, newId }: { now: Date; newId: () => string },
): AlertDecision | null {
	if (!seen) return known ? over(rule, known, now) : null;
	const alert = held(rule, known, seen, { now, newId });
	const isFiring = now.getTime() - alert.since.getTime() >= rule.forMs;
	if (!isFiring) return { alert: { ...alert, state: 'pending' }, notice: null };
	const firing: Alert = { ...alert, state: 'firing' };
	// What still holds after the quiet hours is told then.
	const kind = loudFrom(rule, now) > now ? null : due(rule, firing, now);
	if (!kind) return { alert: firing, notice: null };
	return { alert: { ...firing, toldAt: now }, notice: { kind, at: now } };
}

function over(rule: AlertRule, known: Alert, now: Date): AlertDecision | null {
	if (known.state === 'resolved') return null;
	const alert: Alert = { ...known, state: 'resolved', resolvedAt: now };
	// Who was never told of the trouble need not hear that it is over.
	if (!known.toldAt) return { alert, notice: null };
	return { alert, notice: { kind: 'resolved', at: loudFrom(rule, now) } };
}

function held(
	rule: AlertRule,
	known: Alert | null,
	{ summary, cause, environment }: Observation,
	{ now, newId }: { now: Date; newId: () => string },
): Alert {
	const { severity } = rule;
	const isOld =
		known?.state === 'resolved' && now.getTime() - (known.resolvedAt ?? now).getTime() > reopenMs;
	if (known && !isOld) {
		// What came back soon has been told as resolved: it is told again, once.
		const toldAt = known.state === 'resolved' ? null : known.toldAt;
		return { ...known, severity, summary, toldAt, resolvedAt: null };
	}
	return {
		id: newId(),
		rule: rule.name,
		cause,
		environment,
		severity,
		state: 'pending',
		summary,
		since: now,
		toldAt: null,
		resolvedAt: null,
		revision: 1,
	};
}

function due({ repeatMs }: AlertRule, { toldAt }: Alert, now: Date): NoticeKind | null {
	if (!toldAt) return 'raised';
	if (repeatMs === null) return null;
	return now.getTime() - toldAt.getTime() >= repeatMs ? 'repeated' : null;
}

/** What is critical wakes people. */
function loudFrom({ quietHours, severity }: AlertRule, now: Date): Date {
	return quietHours === null || severity === 'critical' ? now : quietUntil(quietHours, now);
}
