import { reconcile, type KnownFinding } from '../../../sidecar/drift/reconcile';
import type { FoundDrift } from '../../../sidecar/drift/drift-store';
import { isSchedule, nextRun } from '../../../sidecar/drift/schedule';

const day = (n: number) => new Date(Date.UTC(2031, 0, n));
let ids = 0;
const newId = () => `id-${(ids += 1)}`;

const drift = (more: Partial<FoundDrift> = {}): FoundDrift => ({
	environment: 'production',
	workflowKey: 'k',
	workflowId: 'w',
	name: 'W',
	kind: 'live',
	weight: 'behaviour',
	state: 's1',
	diff: '~',
	author: null,
	authoredAt: null,
	...more,
});
const after = (found: FoundDrift[], known: KnownFinding[] = [], at = day(1)) =>
	reconcile(known, found, at, newId);

it('tells a drift once, keeps since when, and tells when it is gone', () => {
	const first = after([drift(), drift({ kind: 'tags' })]);
	expect(first.found).toHaveLength(2);
	const second = after([drift()], first.open, day(2));
	expect(second.found).toEqual([]);
	expect(second.gone).toMatchObject([{ kind: 'tags' }]);
	expect(second.open).toMatchObject([{ since: day(1), seenAt: day(2), id: first.open[0]?.id }]);
	expect(after([], second.open, day(3)).gone).toHaveLength(1);
});

it('tells a drift again that has become another one', () => {
	const first = after([drift()]);
	const second = after([drift({ state: 's2' })], first.open, day(2));
	expect(second.found).toMatchObject([{ since: day(1), state: 's2' }]);
	expect(second.gone).toEqual([]);
});

it('is silent about what was accepted, until its date or until it is another one', () => {
	const accepted = { until: day(10), reason: 'r', by: 'me' };
	const known = after([drift()]).open.map((each) => ({ ...each, accepted, acceptedState: 's1' }));
	const silent = after([drift()], known, day(5));
	expect(silent.found).toEqual([]);
	expect(silent.open).toMatchObject([{ accepted }]);
	expect(after([drift({ state: 's2' })], known, day(5)).found).toMatchObject([{ accepted: null }]);
	const over = after([drift()], known, day(10));
	expect(over.found).toMatchObject([{ accepted: null }]);
	expect(after([drift()], over.open, day(11)).found).toEqual([]);
});

it('takes five cron fields or off, and knows the next moment', () => {
	expect(['*/15 * * * *', '0 3 * * 1-5', 'off'].every(isSchedule)).toBe(true);
	expect(['', '* * * * * *', '99 * * * *', 'often'].some(isSchedule)).toBe(false);
	expect(nextRun('off')).toBeNull();
	const next = nextRun('30 4 * * *');
	expect([next?.getUTCHours(), next?.getUTCMinutes()]).toEqual([4, 30]);
});
