import type { Alert, AlertRule } from '../../../sidecar/alerts/alert-rule';
import { decideAlert, reopenMs } from '../../../sidecar/alerts/decide-alert';

const start = new Date('2031-04-01T12:00:00.000Z');
const later = (ms: number) => new Date(start.getTime() + ms);
const minutes = (count: number) => count * 60_000;

const rule = (change: Partial<AlertRule> = {}): AlertRule => ({
	name: 'letters',
	condition: { kind: 'dead-letters', above: 0 },
	environment: null,
	workflow: null,
	severity: 'warning',
	channels: ['team'],
	forMs: 0,
	repeatMs: minutes(60),
	quietHours: null,
	enabled: true,
	createdAt: start,
	updatedAt: start,
	...change,
});
const seen = { cause: 'dev', environment: 'dev', summary: '3 dead letters wait in dev.' };

/** Goes through the days of one cause: at each minute it holds or not; says what was told when. */
function story(of: AlertRule, rounds: Array<[minute: number, holds: boolean]>) {
	let alert: Alert | null = null;
	let made = 0;
	const told: string[] = [];
	for (const [minute, holds] of rounds) {
		const now = later(minutes(minute));
		const newId = () => `alert-${(made += 1)}`;
		const decision = decideAlert(of, alert, holds ? seen : null, { now, newId });
		alert = decision?.alert ?? alert;
		if (!decision?.notice) continue;
		const { kind, at } = decision.notice;
		const wait = (at.getTime() - now.getTime()) / 60_000;
		told.push(`${minute}: ${kind}${wait === 0 ? '' : ` in ${wait} min`} of ${alert?.id}`);
	}
	return { told, alert };
}

it('tells once when trouble begins and once when it is over', () => {
	const { told, alert } = story(rule(), [
		[0, false],
		[1, true],
		[2, true],
		[30, true],
		[31, false],
		[32, false],
	]);
	expect(told).toEqual(['1: raised of alert-1', '31: resolved of alert-1']);
	expect(alert).toMatchObject({ state: 'resolved', since: later(minutes(1)) });
});

it('tells again while it holds, as often as the rule says', () => {
	const rounds = [0, 59, 60, 61, 120].map((minute): [number, boolean] => [minute, true]);
	expect(story(rule(), rounds).told).toEqual([
		'0: raised of alert-1',
		'60: repeated of alert-1',
		'120: repeated of alert-1',
	]);
	expect(story(rule({ repeatMs: null }), rounds).told).toEqual(['0: raised of alert-1']);
});

it('waits until it has held for long enough, and says nothing of what passes', () => {
	const patient = rule({ forMs: minutes(5) });
	expect(
		story(patient, [
			[0, true],
			[4, true],
			[5, true],
		]).told,
	).toEqual(['5: raised of alert-1']);
	const passed = story(patient, [
		[0, true],
		[3, false],
	]);
	expect(passed.told).toEqual([]);
	expect(passed.alert?.state).toBe('resolved');
});

it('takes what comes back soon for the same trouble, later for a new one', () => {
	const soon = reopenMs / 60_000;
	expect(
		story(rule(), [
			[0, true],
			[1, false],
			[1 + soon, true],
		]).alert?.id,
	).toBe('alert-1');
	expect(
		story(rule(), [
			[0, true],
			[1, false],
			[2 + soon, true],
		]).told,
	).toEqual(['0: raised of alert-1', '1: resolved of alert-1', `${2 + soon}: raised of alert-2`]);
});

describe('in quiet hours', () => {
	// 14:00 to 15:00 in Vienna is 12:00 to 13:00 UTC in April.
	const quietHours = { from: '14:00', to: '15:00', timeZone: 'Europe/Vienna' };

	it('waits with a warning until they are over, and forgets what is over by then', () => {
		const quiet = rule({ quietHours });
		expect(
			story(quiet, [
				[10, true],
				[59, true],
				[60, true],
			]).told,
		).toEqual(['60: raised of alert-1']);
		expect(
			story(quiet, [
				[10, true],
				[20, false],
				[60, false],
			]).told,
		).toEqual([]);
	});

	it('tells afterwards that what was told before is over', () => {
		expect(
			story(rule({ quietHours }), [
				[-10, true],
				[15, false],
			]).told,
		).toEqual(['-10: raised of alert-1', '15: resolved in 45 min of alert-1']);
	});

	it('tells what is critical at once', () => {
		const critical = rule({ quietHours, severity: 'critical' });
		expect(story(critical, [[10, true]]).told).toEqual(['10: raised of alert-1']);
	});
});
