import type { Clock } from '../kernel/clock';
import type { NewId } from '../kernel/ids';
import type { Emit } from '../webhooks/system-event';
import type { Alert, AlertRule } from './alert-rule';
import type { AlertStore } from './alert-store';
import { type AlertDecision, decideAlert } from './decide-alert';
import { observe } from './observe';
import type { AlertSignals } from './signals';

export interface EvaluatePorts {
	alerts: AlertStore;
	signals: AlertSignals;
	clock: Clock;
	newId: NewId;
	emit: Emit;
	/** One rule that cannot be looked at must not keep the others from it. */
	onTrouble(rule: AlertRule, error: unknown): void;
}

/** Page size of the rules. */
const atOnce = 100;

/** Looks at every rule once. */
export async function evaluateRules(ports: EvaluatePorts): Promise<void> {
	let after: string | null = null;
	do {
		const rules: AlertRule[] = await ports.alerts.listRules({ limit: atOnce, after });
		for (const rule of rules) {
			try {
				await evaluateRule(ports, rule);
			} catch (error) {
				ports.onTrouble(rule, error);
			}
		}
		after = rules.length === atOnce ? (rules.at(-1)?.name ?? null) : null;
	} while (after !== null);
}

/** One rule: every cause that is wrong now, and every one that was. A disabled one finds nothing wrong. */
export async function evaluateRule(ports: EvaluatePorts, rule: AlertRule): Promise<void> {
	const { alerts, signals, clock, newId } = ports;
	const now = clock.now();
	const found = rule.enabled ? await observe(signals, rule, now) : [];
	const seen = new Map(found.map((each) => [each.cause, each]));
	const known = new Map((await alerts.alertsOf(rule.name)).map((each) => [each.cause, each]));
	for (const cause of new Set([...seen.keys(), ...known.keys()])) {
		const was = known.get(cause) ?? null;
		const decision = decideAlert(rule, was, seen.get(cause) ?? null, { now, newId });
		if (decision && differs(was, decision)) await keep(ports, rule, was, decision);
	}
}

async function keep(
	{ alerts, emit }: EvaluatePorts,
	rule: AlertRule,
	was: Alert | null,
	{ alert, notice }: AlertDecision,
): Promise<void> {
	const kept = await alerts.keep(alert, was?.id === alert.id ? was : null, notice, rule);
	if (!kept || !notice || notice.kind === 'repeated') return;
	const { id, cause, environment, severity, summary } = alert;
	await emit({
		type: notice.kind === 'raised' ? 'alert.raised' : 'alert.resolved',
		subject: rule.name,
		environment,
		data: { id, rule: rule.name, cause, severity, summary },
		dedupId: `${id}/${notice.kind}/${alert.since.toISOString()}`,
	});
}

/** Most rounds find what the last one found. */
function differs(was: Alert | null, { alert, notice }: AlertDecision): boolean {
	return (
		notice !== null ||
		was?.id !== alert.id ||
		was.state !== alert.state ||
		was.summary !== alert.summary
	);
}
