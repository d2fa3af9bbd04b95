import type { Freeze } from '../../../../sidecar/environments/protection';
import { frozenBy } from '../../../../sidecar/promotion/gates/freeze';

const frozen = (freeze: Freeze, at: string) => frozenBy([freeze], new Date(at))?.until ?? null;

describe('from a wall clock to another', () => {
	const holidays: Freeze = {
		name: 'holidays',
		timezone: 'Europe/Berlin',
		from: '2031-12-20T18:00',
		until: '2032-01-02T08:00',
	};
	const cases: Array<[string, boolean]> = [
		['2031-12-20T16:59:59Z', false],
		['2031-12-20T17:00:00Z', true],
		['2032-01-02T06:59:59Z', true],
		['2032-01-02T07:00:00Z', false],
	];
	it.each(cases)('at %s: %s', (at, expected) => {
		expect(frozen(holidays, at) !== null).toBe(expected);
	});

	it('follows the clock of its zone over a change of it', () => {
		const night: Freeze = { ...holidays, from: '2031-03-30T02:30', until: '2031-03-30T04:00' };
		// That night 02:00 becomes 03:00, which is 01:00 UTC: half past two never comes.
		expect(frozen(night, '2031-03-30T00:59:00Z')).toBeNull();
		expect(frozen(night, '2031-03-30T01:00:00Z')).toBe('2031-03-30T04:00 Europe/Berlin');
		expect(frozen(night, '2031-03-30T02:00:00Z')).toBeNull();
	});
});

describe('by cron expression', () => {
	// Fridays from four in the afternoon for 64 hours.
	const weekend: Freeze = {
		name: 'weekend',
		timezone: 'America/New_York',
		cron: '0 16 * * 5',
		durationMinutes: 64 * 60,
	};
	const cases: Array<[string, string | null]> = [
		['2031-04-04T19:59:59Z', null],
		['2031-04-04T20:00:00Z', '2031-04-07T12:00:00.000Z'],
		['2031-04-07T11:59:59Z', '2031-04-07T12:00:00.000Z'],
		['2031-04-07T12:00:00Z', null],
		['2031-04-09T12:00:00Z', null],
	];
	it.each(cases)('at %s: %s', (at, until) => {
		expect(frozen(weekend, at)).toBe(until);
	});
});

it('names the first freeze that holds', () => {
	const range = { timezone: 'UTC', from: '2031-01-01T00:00', until: '2032-01-01T00:00' };
	const freezes = [
		{ ...range, name: 'over', until: '2031-02-01T00:00' },
		{ ...range, name: 'year' },
		{ ...range, name: 'also' },
	];
	expect(frozenBy(freezes, new Date('2031-06-01T00:00:00Z'))?.name).toBe('year');
	expect(frozenBy([], new Date('2031-06-01T00:00:00Z'))).toBeNull();
});
