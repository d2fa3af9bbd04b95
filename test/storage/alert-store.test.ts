import type { Alert, AlertRule } from '../../sidecar/alerts/alert-rule';
import { createAlertStore } from '../../sidecar/storage/alert-store';
import { newId } from '../../sidecar/kernel/ids';
import { freshDatabase, type FreshDatabase } from '../support/postgres/fresh-database';

let database: FreshDatabase;
let alerts: ReturnType<typeof createAlertStore>;

beforeAll(async () => {
	database = await freshDatabase();
	alerts = createAlertStore(database.pool);
	await alerts.putChannel({
		name: 'team',
		kind: 'slack',
		to: 'hooks.example.com',
		sealedTarget: 'box',
		createdAt: new Date(),
		updatedAt: new Date(),
	});
});
afterAll(async () => {
	await database.drop();
});

const rule = (name: string, channels = ['team']): AlertRule => ({
	name,
	condition: { kind: 'dead-letters', above: 0 },
	environment: null,
	workflow: null,
	severity: 'warning',
	channels,
	forMs: 0,
	repeatMs: null,
	quietHours: { from: '22:00', to: '06:00', timeZone: 'UTC' },
	enabled: true,
	createdAt: new Date('2031-04-01T12:00:00.000Z'),
	updatedAt: new Date('2031-04-01T12:00:00.000Z'),
});
const alertOf = (of: AlertRule, change: Partial<Alert> = {}): Alert => ({
	id: newId(),
	rule: of.name,
	cause: 'dev',
	environment: 'dev',
	severity: 'warning',
	state: 'firing',
	summary: '3 dead letters wait in dev.',
	since: new Date('2031-04-01T12:00:00.000Z'),
	toldAt: null,
	resolvedAt: null,
	revision: 1,
	...change,
});
const raised = { kind: 'raised', at: new Date(0) } as const;

it('keeps rules, and refuses one that names a channel nobody made', async () => {
	const kept = rule('kept');
	expect(await alerts.putRule(kept)).toEqual({ rule: kept, created: true });
	expect(await alerts.putRule({ ...kept, repeatMs: 60_000 })).toMatchObject({ created: false });
	expect(await alerts.findRule('kept')).toEqual({ ...kept, repeatMs: 60_000 });
	await expect(alerts.putRule(rule('lost', ['team', 'nobody']))).rejects.toMatchObject({
		code: 'alert_channel_not_found',
		details: { missing: ['nobody'] },
	});
	expect(await alerts.findRule('lost')).toBeNull();
});

it('does not remove a channel that a rule names', async () => {
	await alerts.putRule(rule('names'));
	expect(await alerts.removeChannel('team')).toBe('in-use');
	expect(await alerts.removeChannel('nobody')).toBe('missing');
});

it('lets one of several processes tell of the same trouble', async () => {
	const twice = rule('twice');
	await alerts.putRule(twice);
	const first = await Promise.all(
		[1, 2, 3, 4].map(async () => await alerts.keep(alertOf(twice), null, raised, twice)),
	);
	expect(first.filter(Boolean)).toHaveLength(1);

	const [known] = await alerts.alertsOf('twice');
	if (!known) throw new Error('there is one');
	const over: Alert = { ...known, state: 'resolved', resolvedAt: new Date() };
	const told = { kind: 'resolved', at: new Date(0) } as const;
	const second = await Promise.all(
		[1, 2, 3].map(async () => await alerts.keep(over, known, told, twice)),
	);
	expect(second.filter(Boolean)).toHaveLength(1);
	const [listed] = await alerts.listAlerts({ rule: 'twice' }, { limit: 10, after: null });
	expect(listed?.notices.map(({ kind }) => kind)).toEqual(['raised', 'resolved']);
});

it('gives a notice to one sender, and again when the sender is gone', async () => {
	const claimed = rule('claimed');
	await alerts.putRule(claimed);
	const alert = alertOf(claimed);
	await alerts.keep(alert, null, raised, claimed);
	const mine = async (ttlMs: number) =>
		(await alerts.claimNotices(100, ttlMs)).filter(({ notice }) => notice.alertId === alert.id);

	const both = await Promise.all([mine(60_000), mine(60_000)]);
	expect(both.flat()).toHaveLength(1);
	expect(both.flat()[0]).toMatchObject({
		notice: { attempts: 1, kind: 'raised' },
		channel: { name: 'team' },
		alert: { cause: 'dev' },
	});
	expect(await mine(60_000)).toEqual([]);

	const id = both.flat()[0]?.notice.id ?? '';
	await alerts.settleNotice(id, { sent: false, trouble: 'refused', retryAt: new Date(0) });
	expect(await mine(0)).toMatchObject([{ notice: { attempts: 2, trouble: 'refused' } }]);
	expect(await mine(60_000)).toMatchObject([{ notice: { attempts: 3 } }]);
	await alerts.settleNotice(id, { sent: true });
	expect(await mine(0)).toEqual([]);
});

it('holds a notice back until its time', async () => {
	const quiet = rule('quiet');
	await alerts.putRule(quiet);
	const alert = alertOf(quiet);
	const tomorrow = { kind: 'raised', at: new Date(Date.now() + 86_400_000) } as const;
	await alerts.keep(alert, null, tomorrow, quiet);
	const due = await alerts.claimNotices(100, 0);
	expect(due.filter(({ notice }) => notice.alertId === alert.id)).toEqual([]);
});

it('forgets resolved alerts whose notices are settled, and a removed rule takes all with it', async () => {
	const old = rule('old', []);
	await alerts.putRule(old);
	const over = alertOf(old, { state: 'resolved', resolvedAt: new Date('2031-04-01T13:00:00Z') });
	await alerts.keep(over, null, null, old);
	await alerts.purge(new Date('2031-04-01T13:00:00Z'));
	expect(await alerts.alertsOf('old')).toHaveLength(1);
	await alerts.purge(new Date('2031-04-01T13:00:01Z'));
	expect(await alerts.alertsOf('old')).toEqual([]);

	expect(await alerts.removeRule('twice')).toBe(true);
	expect(await alerts.removeRule('twice')).toBe(false);
	expect(await alerts.alertsOf('twice')).toEqual([]);
});
