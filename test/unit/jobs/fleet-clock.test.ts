import { createFleetClock } from '../../../sidecar/jobs/fleet-clock';
import type { Log } from '../../../sidecar/monitoring/log';
import { movingClock } from '../../support/moving-clock';
import { quietLog } from '../../support/postgres/quiet-log';

const start = Date.parse('2031-04-01T12:00:00.000Z');

/** A machine, and a database so far from it. */
function fleetOf({ databaseAheadMs }: { databaseAheadMs: number }) {
	const own = movingClock();
	const log = quietLog();
	const database = { aheadMs: databaseAheadMs, asked: 0, isAway: false };
	const clock = createFleetClock({
		own,
		databaseNow: async () => {
			database.asked += 1;
			if (database.isAway) throw new Error('away');
			return own.now().getTime() + database.aheadMs;
		},
		log: log as unknown as Log,
	});
	return { own, log, database, clock };
}

it('goes by the clock of the machine until the database was asked', () => {
	const { clock } = fleetOf({ databaseAheadMs: 60_000 });
	expect(clock.now().getTime()).toBe(start);
});

it('goes by the clock of the database where the machine is wrong, and says so once', async () => {
	const { clock, own, log } = fleetOf({ databaseAheadMs: -600_000 });
	await clock.agree();
	await clock.agree();
	own.pass(1_000);
	expect(clock.now().getTime()).toBe(start + 1_000 - 600_000);
	expect(clock.machineAheadMs).toBe(600_000);
	expect(log.lines).toEqual([
		{
			level: 'warn',
			facts: { machineAheadMs: 600_000 },
			message: expect.stringContaining('is not that of the database, whose time counts'),
		},
	]);
});

it('leaves to the time servers what is less than half a second', async () => {
	const { clock, log } = fleetOf({ databaseAheadMs: 499 });
	await clock.agree();
	expect(clock.now().getTime()).toBe(start);
	expect(clock.machineAheadMs).toBe(0);
	expect(log.lines).toEqual([]);
});

it('asks again every ten seconds, and goes by the machine again once that was put right', async () => {
	const { clock, own, database, log } = fleetOf({ databaseAheadMs: 60_000 });
	clock.start();
	await settled();
	expect(clock.machineAheadMs).toBe(-60_000);
	database.aheadMs = 0;
	own.pass(9_999);
	await settled();
	expect(database.asked).toBe(1);
	own.pass(1);
	await settled();
	expect(database.asked).toBe(2);
	expect(clock.now()).toEqual(own.now());
	expect(log.lines.at(-1)).toMatchObject({ level: 'info' });
	await clock.stop();
});

it('goes on by what it knows while the database is away', async () => {
	const { clock, own, database } = fleetOf({ databaseAheadMs: 60_000 });
	clock.start();
	await settled();
	database.isAway = true;
	own.pass(10_000);
	await settled();
	expect(database.asked).toBe(2);
	expect(clock.now().getTime()).toBe(start + 70_000);
	await clock.stop();
});

/** Until all that can go on without time has done so. */
async function settled(): Promise<void> {
	await new Promise((resolve) => setImmediate(resolve));
}
