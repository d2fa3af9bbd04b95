import type { Condition, Rule, RuleInput } from './alerts';

/** A rule as it is put, e.g. to put it back. */
export function inputOf(rule: Rule): RuleInput {
	const { name: _name, createdAt: _created, updatedAt: _updated, ...rest } = rule;
	const { environment, workflow, ...others } = rest;
	return {
		...others,
		...(environment !== null && { environment }),
		...(workflow !== null && { workflow }),
	};
}

/** What is typed into the form of a rule. Minutes, percent and whole numbers, as people say them. */
export interface ConditionForm {
	kind: Condition['kind'];
	windowMinutes: number | undefined;
	percent: number | undefined;
	letters: number | undefined;
	seconds: number | undefined;
	minutes: number | undefined;
	key: string;
	/** Fewer runs say nothing; undefined: the default. */
	minimum: number | undefined;
	/** Not on the form: what a rule has of these stays. */
	overdueMs: number | undefined;
	withinMs: number | undefined;
}

export function formOf(condition: Condition | null): ConditionForm {
	const form: ConditionForm = {
		kind: condition?.kind ?? 'failure-rate',
		windowMinutes: 15,
		percent: 20,
		letters: 0,
		seconds: 30,
		minutes: 60,
		key: '*',
		minimum: undefined,
		overdueMs: undefined,
		withinMs: undefined,
	};
	if (condition === null) return form;
	if ('overdueMs' in condition) form.overdueMs = condition.overdueMs;
	if ('withinMs' in condition) form.withinMs = condition.withinMs;
	if ('minimum' in condition) form.minimum = condition.minimum;
	if ('windowMs' in condition) form.windowMinutes = condition.windowMs / 60_000;
	if (condition.kind === 'failure-rate') form.percent = condition.above * 100;
	if (condition.kind === 'dead-letters') form.letters = condition.above;
	if (condition.kind === 'too-slow') form.seconds = condition.aboveMs / 1000;
	if (condition.kind === 'expired-letters') form.letters = condition.above;
	if (condition.kind === 'stuck') form.minutes = condition.runningMs / 60_000;
	if (condition.kind === 'no-run-since') form.minutes = condition.ms / 60_000;
	if (condition.kind === 'backlog') form.minutes = condition.aboveMs / 60_000;
	if (condition.kind === 'circuit-open') form.key = condition.key;
	return form;
}

/** Null while something is missing. */
export function conditionOf(form: ConditionForm): RuleInput['condition'] | null {
	const { kind, windowMinutes, percent, letters, seconds, minutes, key } = form;
	const { minimum, overdueMs, withinMs } = form;
	const ms = (value: number, unit: number) => Math.round(value * unit);
	switch (kind) {
		case 'failure-rate':
			return windowMinutes === undefined || percent === undefined
				? null
				: {
						kind,
						windowMs: ms(windowMinutes, 60_000),
						above: percent / 100,
						minimum: minimum ?? 5,
					};
		case 'dead-letters':
			return letters === undefined ? null : { kind, above: letters };
		case 'too-slow':
			return windowMinutes === undefined || seconds === undefined
				? null
				: {
						kind,
						windowMs: ms(windowMinutes, 60_000),
						aboveMs: ms(seconds, 1000),
						minimum: minimum ?? 5,
					};
		case 'no-run-since':
			return minutes === undefined ? null : { kind, ms: ms(minutes, 60_000) };
		case 'backlog':
			return minutes === undefined ? null : { kind, aboveMs: ms(minutes, 60_000) };
		case 'circuit-open':
			return key.trim() === '' ? null : { kind, key: key.trim() };
		case 'expired-letters':
			return windowMinutes === undefined || letters === undefined
				? null
				: { kind, windowMs: ms(windowMinutes, 60_000), above: letters };
		case 'stuck':
			return minutes === undefined
				? null
				: { kind, runningMs: ms(minutes, 60_000), overdueMs: overdueMs ?? 300_000 };
		case 'unpublished':
			return { kind, withinMs: withinMs ?? 86_400_000 };
		case 'webhook-gone':
		case 'drift':
		case 'law-broken':
			return { kind };
	}
}
