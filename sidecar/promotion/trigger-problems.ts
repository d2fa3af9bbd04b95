import type { WorkflowContent, WorkflowNode } from '../engines/port/workflow';
import { isTimezone } from '../kernel/timezone';
import { cronProblem } from './cron-expression';

export interface TriggerProblem {
	/** e.g. nodes[Every night].parameters.rule.interval[0] */
	place: string;
	problem: string;
}

type Fields = Record<string, unknown>;

/**
 * Time triggers that n8n would fail to start. It publishes such a workflow all the same and calls it
 * active, and its public API never tells, so it has to be known before. What is worked out at run time is
 * left out.
 */
export function triggerProblems(content: WorkflowContent): TriggerProblem[] {
	const times = content.nodes.filter(({ disabled }) => disabled !== true).flatMap(timesOf);
	const problems = times.flatMap(({ place, problem }) => (problem ? [{ place, problem }] : []));
	const timezone = content.settings['timezone'];
	if (times.length > 0 && typeof timezone === 'string' && !isKnown(timezone)) {
		problems.push({ place: 'settings.timezone', problem: `"${timezone}" is no time zone` });
	}
	return problems;
}

interface Time {
	place: string;
	problem: string | null;
}

function timesOf(node: WorkflowNode): Time[] {
	const parameters = node.parameters ?? {};
	if (node.type === 'n8n-nodes-base.scheduleTrigger') {
		const rules = listIn(parameters['rule'], 'interval') ?? [{}];
		return rules.map((rule, index) => ({
			place: `nodes[${node.name}].parameters.rule.interval[${index}]`,
			problem: ruleProblem(rule, node.typeVersion ?? 1),
		}));
	}
	const polls = 'pollTimes' in parameters;
	if (!polls && node.type !== 'n8n-nodes-base.cron') return [];
	const field = polls ? 'pollTimes' : 'triggerTimes';
	return (listIn(parameters[field], 'item') ?? []).map((item, index) => ({
		place: `nodes[${node.name}].parameters.${field}.item[${index}]`,
		problem: itemProblem(item, polls),
	}));
}

function listIn(value: unknown, field: string): Fields[] | null {
	const list = (value as Fields | undefined)?.[field];
	return Array.isArray(list) ? (list as Fields[]) : null;
}

/** As the Schedule Trigger makes a cron expression of a rule; only what can go wrong. */
function ruleProblem(rule: Fields, typeVersion: number): string | null {
	if (rule['field'] === 'cronExpression') return expressionProblem(rule['expression'] ?? '');
	const limits: Record<string, [name: string, most: number, unit: number]> = {
		seconds: ['secondsInterval', 59, 60],
		minutes: ['minutesInterval', 59, 60],
		hours: ['hoursInterval', 23, 24],
		days: ['daysInterval', 31, 0],
		months: ['monthsInterval', Infinity, 12],
	};
	const [name, most, unit] = limits[String(rule['field'] ?? 'days')] ?? ['', 0, 0];
	const every = rule[name];
	if (typeof every === 'number') {
		if (typeVersion >= 1.3 && (every < 1 || every > most)) return `${name} is ${every}`;
		// Only what divides its unit becomes a step of the expression.
		const step = rule['field'] === 'seconds' || (unit > 0 && unit % every === 0);
		if (step && cronProblem(`*/${every} * * * *`) !== null) return `${name} is ${every}`;
	}
	return atProblem(rule['triggerAtMinute'], rule['triggerAtHour'], rule['triggerAtDayOfMonth']);
}

/** As the old Cron node and nodes that poll make one. */
function itemProblem(item: Fields, polls: boolean): string | null {
	const { mode = 'everyDay', unit = 'hours', value = 2 } = item;
	if (mode === 'everyX') {
		return expressionProblem(unit === 'minutes' ? `*/${value} * * * *` : `0 */${value} * * *`);
	}
	if (mode !== 'custom') {
		const { minute, hour, dayOfMonth, weekday = '*' } = item;
		return atProblem(minute, hour, dayOfMonth) ?? expressionProblem(`0 0 * * ${String(weekday)}`);
	}
	const expression = item['cronExpression'] ?? '* * * * * *';
	const problem = expressionProblem(expression);
	const parts = String(expression).trim().split(/\s+/);
	return problem === null && polls && parts.length === 6 && !/^\d+$/.test(parts[0] ?? '')
		? `"${String(expression)}" would poll more than once a minute`
		: problem;
}

function atProblem(minute: unknown, hour: unknown, day: unknown): string | null {
	const or = (value: unknown, otherwise: string) => String(value ?? otherwise);
	return expressionProblem(`${or(minute, '0')} ${or(hour, '0')} ${or(day, '*')} * *`);
}

function expressionProblem(given: unknown): string | null {
	// With {{ }} it is known only at run time; with a bare = it is plain text.
	if (typeof given !== 'string' || given.includes('{{')) return null;
	const expression = given.startsWith('=') ? given.slice(1) : given;
	const problem = cronProblem(expression);
	return problem === null ? null : `cron expression "${expression}", ${problem}`;
}

function isKnown(timezone: string): boolean {
	return timezone === '' || timezone === 'DEFAULT' || isTimezone(timezone);
}
