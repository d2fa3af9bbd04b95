import { triggerProblems } from '../../../sidecar/promotion/trigger-problems';
import { content, node, start } from './fixtures';

const schedule = (rules: object[], typeVersion = 1.2) =>
	node('Schedule', 'n8n-nodes-base.scheduleTrigger', {
		typeVersion,
		parameters: { rule: { interval: rules } },
	});
const problems = (...nodes: Array<ReturnType<typeof node>>) =>
	triggerProblems(content('A', nodes)).map(({ place }) => place);

it('finds the rule of a schedule that is no cron expression', () => {
	const rules = [
		{ field: 'cronExpression', expression: '0 8 * * *' },
		{ field: 'cronExpression', expression: 'at eight' },
	];
	expect(triggerProblems(content('A', [schedule(rules)]))).toEqual([
		{
			place: 'nodes[Schedule].parameters.rule.interval[1]',
			problem: 'cron expression "at eight", "at" is no name of a month or day',
		},
	]);
});

it('takes every kind of rule as the editor writes it', () => {
	const rules = [
		{},
		{ field: 'seconds' },
		{ field: 'minutes', minutesInterval: 7 },
		{ field: 'hours', hoursInterval: 5, triggerAtMinute: 30 },
		{ field: 'days', daysInterval: 2, triggerAtHour: 23 },
		{ field: 'weeks', triggerAtDay: [1, 3], triggerAtHour: 8 },
		{ field: 'months', monthsInterval: 18, triggerAtDayOfMonth: 31 },
	];
	expect(problems(schedule(rules))).toEqual([]);
	expect(problems(schedule(rules, 1.3))).toEqual([]);
	expect(problems(node('Schedule', 'n8n-nodes-base.scheduleTrigger'))).toEqual([]);
});

it('finds intervals that the newer node refuses', () => {
	const rules = [
		{ field: 'seconds', secondsInterval: 90 },
		{ field: 'hours', hoursInterval: 48 },
	];
	expect(problems(schedule(rules, 1.3))).toHaveLength(2);
	// The older one takes them, odd as they are.
	expect(problems(schedule(rules, 1.2))).toHaveLength(0);
	expect(problems(schedule([{ field: 'seconds', secondsInterval: 0 }], 1.2))).toHaveLength(1);
	expect(problems(schedule([{ field: 'days', triggerAtHour: 25 }], 1.2))).toHaveLength(1);
});

it('looks into the old Cron node and into nodes that poll', () => {
	const items = (field: string, ...item: object[]) => ({ parameters: { [field]: { item } } });
	const bad = { mode: 'custom', cronExpression: '99 * * * *' };
	const good = [
		{ mode: 'everyMinute' },
		{ hour: 8 },
		{ mode: 'everyX', unit: 'minutes', value: 5 },
	];
	expect(
		problems(node('Cron', 'n8n-nodes-base.cron', items('triggerTimes', ...good, bad))),
	).toEqual(['nodes[Cron].parameters.triggerTimes.item[3]']);
	const often = { mode: 'custom', cronExpression: '*/10 * * * * *' };
	expect(
		problems(node('Mail', 'n8n-nodes-base.gmailTrigger', items('pollTimes', ...good, often))),
	).toEqual(['nodes[Mail].parameters.pollTimes.item[3]']);
});

it('leaves alone what is known only at run time, and what does not run', () => {
	const dynamic = { field: 'cronExpression', expression: '={{ $vars.when }}' };
	const bad = { field: 'cronExpression', expression: 'never' };
	expect(problems(schedule([dynamic]), { ...schedule([bad]), disabled: true })).toEqual([]);
	// Without {{ }} it is plain text, whatever the = says.
	expect(problems(schedule([{ ...bad, expression: '=never' }]))).toHaveLength(1);
});

it('finds a time zone that does not exist, where it matters', () => {
	const settings = { timezone: 'Nowhere/Bad' };
	const timed = content('A', [schedule([{}])], settings);
	expect(triggerProblems(timed).map(({ place }) => place)).toEqual(['settings.timezone']);
	expect(triggerProblems(content('A', [start], settings))).toEqual([]);
	const good = content('A', [schedule([{}])], { timezone: 'America/New_York' });
	expect(triggerProblems(good)).toEqual([]);
});
