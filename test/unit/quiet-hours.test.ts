import { isQuiet, quietUntil } from '../../sidecar/kernel/quiet-hours';

const night = { from: '22:00', to: '06:30', timeZone: 'UTC' };

it.each([
	['2031-04-01T21:59:59.000Z', false],
	['2031-04-01T22:00:00.000Z', true],
	['2031-04-02T00:00:00.000Z', true],
	['2031-04-02T06:29:59.000Z', true],
	['2031-04-02T06:30:00.000Z', false],
])('knows at %s whether it is night', (at, quiet) => {
	expect(isQuiet(night, new Date(at))).toBe(quiet);
});

it('finds the end of the night, also where the clock is put forward in it', () => {
	expect(quietUntil(night, new Date('2031-04-01T23:10:42.500Z'))).toEqual(
		new Date('2031-04-02T06:30:00.000Z'),
	);
	// In the night to 30 March 2031 Vienna goes from 02:00 to 03:00: 06:30 there is 04:30 UTC.
	const vienna = { ...night, timeZone: 'Europe/Vienna' };
	expect(quietUntil(vienna, new Date('2031-03-29T22:00:00.000Z'))).toEqual(
		new Date('2031-03-30T04:30:00.000Z'),
	);
	const noon = new Date('2031-04-01T12:00:00.000Z');
	expect(quietUntil(night, noon)).toBe(noon);
});

it('ends a day that is quiet from end to end all the same', () => {
	const always = { from: '00:00', to: '24:00', timeZone: 'UTC' };
	const now = new Date('2031-04-01T12:00:00.000Z');
	expect(quietUntil(always, now).getTime()).toBeGreaterThan(now.getTime());
});
