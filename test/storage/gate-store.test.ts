import { newId } from '../../sidecar/kernel/ids';
import { journalOf } from '../../sidecar/promotion/journal';
import { noMappings, type Promotion } from '../../sidecar/promotion/promotion';
import { createGateStore } from '../../sidecar/storage/gate-store';
import { createPromotionStore } from '../../sidecar/storage/promotion-store';
import { createVersionStore } from '../../sidecar/storage/version-store';
import { createWatchStore } from '../../sidecar/storage/watch-store';
import { freshDatabase, type FreshDatabase } from '../support/postgres/fresh-database';
import { change } from '../unit/promotion/fixtures';
import { addEnvironment } from './environments';

let database: FreshDatabase;
let promotions: ReturnType<typeof createPromotionStore>;
let gates: ReturnType<typeof createGateStore>;
let watches: ReturnType<typeof createWatchStore>;
let releaseId: string;

const start = Date.parse('2031-04-01T12:00:00.000Z');
const at = new Date(start);
const later = (seconds: number) => new Date(start + seconds * 1000);

beforeAll(async () => {
	database = await freshDatabase();
	promotions = createPromotionStore(database.pool);
	gates = createGateStore(database.pool, newId);
	watches = createWatchStore(database.pool, newId);
	for (const name of ['dev', 'staging', 'production']) await addEnvironment(database.pool, name);
	await database.pool.query(`insert into workflows (key) values ('orders'), ('stock')`);
	const release = { environment: 'dev', digest: 'digest', message: null, manifest: [] };
	releaseId = newId();
	const versions = createVersionStore(database.pool);
	await versions.addRelease({ ...release, id: releaseId, createdBy: 'ada', createdAt: at });
});
afterAll(async () => {
	await database.drop();
});
beforeEach(async () => {
	await database.pool.query('truncate promotions cascade');
});

async function planned(more: Partial<Promotion> = {}): Promise<Promotion> {
	const seal = { release: '', source: {}, mappings: '', api: '', targets: {}, credentials: {} };
	const promotion: Promotion = {
		id: newId(),
		releaseId,
		from: 'dev',
		to: 'production',
		rollbackOf: null,
		phase: 'planned',
		spec: { mappings: noMappings, publish: true, followSource: true, message: null },
		plan: {
			digest: 'plan',
			seal,
			changes: [change('orders')],
			blockers: [],
			warnings: [],
			credentials: {},
			workflows: {},
		},
		reason: null,
		createdBy: 'ada',
		createdAt: at,
		updatedAt: at,
		...more,
	};
	await promotions.add(promotion);
	return promotion;
}

/** Applied to its end, with every step done. */
async function succeeded(more: Partial<Promotion> = {}, when = at): Promise<Promotion> {
	const promotion = await planned(more);
	const { id, plan } = promotion;
	const steps = journalOf(plan.changes);
	await promotions.begin(id, plan, steps, when);
	const hold = await promotions.claim(id, { owner: 'me', ttlMs: 60_000 });
	if (!hold) throw new Error('nobody else holds it');
	for (const { index, action, workflowKey } of steps) {
		const kept = action === 'record' ? { kept: `kept ${workflowKey} of ${id}` } : {};
		const result = { workflowId: `prod-${workflowKey}`, ...kept };
		await promotions.startStep(hold, index, when);
		await promotions.endStep(hold, index, { status: 'done', result }, when);
	}
	await promotions.verify(hold, when);
	await promotions.succeed(hold, { bindings: [], mappings: noMappings, by: 'ada' }, when);
	return promotion;
}

const all = async (id: string) => await promotions.events(id, 0, 100);
const word = (approver: string, decision: 'approve' | 'reject' = 'approve') => ({
	approver,
	decision,
	reason: decision === 'reject' ? 'not on a Friday' : null,
	planDigest: 'plan',
	at: later(1),
});

describe('events', () => {
	it('tell every phase and step in order, with numbers without gaps', async () => {
		const { id } = await succeeded();
		const events = await all(id);
		expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => index + 1));
		expect(
			events.map(({ type, data }) =>
				type === 'phase' ? data['phase'] : `${String(data['action'])} ${String(data['status'])}`,
			),
		).toEqual([
			'planned',
			'applying',
			'stage started',
			'stage done',
			'publish started',
			'publish done',
			'see-live started',
			'see-live done',
			'record started',
			'record done',
			'verifying',
			'succeeded',
		]);
		expect((await promotions.events(id, 10, 1)).map(({ sequence }) => sequence)).toEqual([11]);
	});

	it('tell a step and the phase that follows from its failure', async () => {
		const { id, plan } = await planned();
		await promotions.begin(id, plan, journalOf(plan.changes), at);
		const hold = await promotions.claim(id, { owner: 'me', ttlMs: 60_000 });
		if (!hold) throw new Error('nobody else holds it');
		await promotions.failStep(hold, 0, { code: 'workflow_invalid', message: 'no' }, at);
		const events = (await all(id)).slice(2);
		expect(events.map(({ type }) => type).sort()).toEqual(['phase', 'step']);
		expect(events.find(({ type }) => type === 'step')?.data).toMatchObject({
			status: 'failed',
			message: 'no',
		});
	});

	it('have no gaps when many write at once', async () => {
		const { id } = await planned();
		await Promise.all(
			Array.from({ length: 20 }, (_, index) => gates.decide(id, word(`approver ${index}`), 30)),
		);
		const events = await all(id);
		expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => index + 1));
		expect(events.filter(({ type }) => type === 'approval')).toHaveLength(20);
	});
});

describe('approvals', () => {
	it('make it planned when there are enough, however many come at once', async () => {
		const { id } = await planned({ phase: 'awaiting-approval' });
		expect(await gates.decide(id, word('bob'), 3)).toBe(true);
		expect((await promotions.find(id))?.phase).toBe('awaiting-approval');
		await Promise.all([gates.decide(id, word('eve'), 3), gates.decide(id, word('kim'), 3)]);
		expect((await promotions.find(id))?.phase).toBe('planned');
		expect((await gates.approvals(id)).map(({ approver }) => approver)).toEqual([
			'bob',
			'eve',
			'kim',
		]);
	});

	it('are one each: the same word again changes nothing', async () => {
		const { id } = await planned({ phase: 'awaiting-approval' });
		await gates.decide(id, word('bob'), 2);
		await gates.decide(id, { ...word('bob'), at: later(9) }, 2);
		expect(await gates.approvals(id)).toEqual([word('bob')]);
		expect((await all(id)).filter(({ type }) => type === 'approval')).toHaveLength(1);
		expect((await promotions.find(id))?.phase).toBe('awaiting-approval');
	});

	it('end with a rejection, also of who has approved before', async () => {
		const { id } = await planned({ phase: 'awaiting-approval' });
		await gates.decide(id, word('bob'), 2);
		await gates.decide(id, word('bob', 'reject'), 2);
		expect(await promotions.find(id)).toMatchObject({
			phase: 'aborted',
			reason: 'rejected by bob: not on a Friday',
		});
		expect(await gates.decide(id, word('eve'), 2)).toBe(false);
	});

	it('come too late when it was begun', async () => {
		const { id } = await succeeded();
		expect(await gates.decide(id, word('bob', 'reject'), 1)).toBe(false);
		expect(await gates.approvals(id)).toEqual([]);
	});
});

it('keeps past which gates a promotion was applied, with its beginning', async () => {
	const { id, plan } = await planned({ phase: 'awaiting-approval' });
	const glass = { by: 'root', reason: 'orders are lost', gates: ['approvals_missing'], at };
	await promotions.begin(id, plan, journalOf(plan.changes), at, glass);
	expect(await gates.breakGlassOf(id)).toEqual(glass);
	expect((await all(id)).map(({ type }) => type)).toEqual(['phase', 'phase', 'break-glass']);
});

describe('holds', () => {
	const place = async (promotionId: string, when = at) =>
		await gates.placeHold({
			environment: 'production',
			promotionId,
			versions: { orders: 'version of orders' },
			reason: 'bad',
			placedBy: 'ada',
			placedAt: when,
		});
	const page = { limit: 9, after: null };
	const active = { environment: 'production', active: true };

	it('are placed once, listed, and released once, with who and why', async () => {
		const { id } = await planned();
		const hold = await place(id);
		expect((await place(id)).id).toBe(hold.id);
		expect(await gates.holds(active, page)).toEqual([hold]);
		expect(await gates.holds({ environment: 'dev' }, page)).toEqual([]);
		const release = { by: 'eve', reason: 'mended', at: later(5) };
		expect(await gates.releaseHold(hold.id, 'dev', release)).toBeNull();
		const released = await gates.releaseHold(hold.id, 'production', release);
		expect(released).toMatchObject({ releasedBy: 'eve', releaseReason: 'mended' });
		const again = { ...release, by: 'kim' };
		expect(await gates.releaseHold(hold.id, 'production', again)).toEqual(released);
		expect(await gates.holds(active, page)).toEqual([]);
		expect((await place(id)).id).not.toBe(hold.id);
	});

	it('follow a roll-back, and no roll-back of a roll-back', async () => {
		const bad = await succeeded();
		const back = await succeeded({ rollbackOf: bad.id, from: 'production', createdBy: 'eve' });
		expect(await gates.holds(active, page)).toMatchObject([
			{ promotionId: bad.id, placedBy: 'eve', versions: { orders: 'version of orders' } },
		]);
		await succeeded({ rollbackOf: back.id, from: 'production' });
		expect(await gates.holds(active, page)).toHaveLength(1);
	});
});

it('knows what has arrived in an environment and was not undone, newest first', async () => {
	const [one, two] = [await succeeded({}, later(1)), await succeeded({}, later(2))];
	await succeeded({ to: 'staging' }, later(3));
	await planned();
	expect(await gates.arrivals('production', ['orders'])).toEqual(
		[two, one].map(({ id }, index) => ({
			promotionId: id,
			workflowKey: 'orders',
			versionId: 'version of orders',
			kept: `kept orders of ${id}`,
			action: 'update',
			at: later(2 - index),
			watch: null,
		})),
	);
	expect(await gates.arrivals('production', ['stock'])).toEqual([]);
});

describe('what goes onward', () => {
	const onward = async (since = at) => await gates.onward('production', ['staging'], since);

	it('is what succeeded there since, once', async () => {
		await succeeded({ to: 'staging' }, at);
		const { id } = await succeeded({ to: 'staging' }, later(5));
		expect(await onward()).toEqual([id]);
		const next = await planned({ follows: id });
		expect(await onward()).toEqual([]);
		expect(await gates.waitingOnward('production')).toEqual([next.id]);
	});

	it('is planned again when it was stale, and not when somebody gave it up', async () => {
		const { id } = await succeeded({ to: 'staging' }, later(5));
		const stale = await planned({ follows: id });
		await gates.setAside(stale.id, 'it moved', later(6));
		expect(await onward()).toEqual([id]);
		const next = await planned({ follows: id });
		await promotions.move(next.id, ['planned'], 'aborted', 'no', later(7));
		expect(await onward()).toEqual([]);
	});
});

describe('watches', () => {
	const open = async (promotionId: string) => {
		const watch = {
			promotionId,
			status: 'watching' as const,
			until: later(100),
			baselines: [],
			findings: [],
			message: null,
			rollBackDue: false,
			checkedAt: at,
		};
		await watches.open(watch);
		return watch;
	};
	const due = async () => (await watches.due(9)).map(({ promotionId }) => promotionId);

	it('begin with what has succeeded within the soak, once', async () => {
		await succeeded({}, at);
		const { id } = await succeeded({}, later(5));
		expect(await watches.unwatched('production', at)).toEqual([id]);
		const watch = await open(id);
		await open(id);
		expect(await watches.find(id)).toEqual(watch);
		expect(await watches.unwatched('production', at)).toEqual([]);
		expect(await due()).toEqual([id]);
	});

	it('end once, with their hold and event', async () => {
		const { id } = await succeeded();
		await open(id);
		const hold = {
			environment: 'production',
			promotionId: id,
			versions: { orders: 'version of orders' },
			reason: 'it regressed',
			placedBy: 'watch',
			placedAt: at,
		};
		const end = {
			status: 'regressed' as const,
			message: 'Worse.',
			findings: [],
			rollBackDue: true,
			hold,
		};
		expect(await watches.conclude(id, end, later(1))).toBe(true);
		expect(await watches.conclude(id, { ...end, status: 'passed', hold: null }, later(2))).toBe(
			false,
		);
		expect(await due()).toEqual([id]);
		await watches.rolledBack(id, 'Rolled back.', later(3));
		expect(await due()).toEqual([]);
		expect(await watches.find(id)).toMatchObject({
			status: 'regressed',
			message: 'Worse. Rolled back.',
		});
		expect((await all(id)).slice(-2).map(({ type }) => type)).toEqual(['watch', 'hold']);
	});

	it('are over when a later promotion writes one of the same workflows', async () => {
		const { id } = await succeeded({}, at);
		await open(id);
		const other = { digest: '', blockers: [], warnings: [], credentials: {}, workflows: {} };
		const seal = { release: '', source: {}, mappings: '', api: '', targets: {}, credentials: {} };
		await succeeded({ plan: { ...other, seal, changes: [change('stock')] } }, later(1));
		await succeeded({ to: 'staging' }, later(1));
		expect(await watches.isSuperseded(id)).toBe(false);
		await succeeded({}, later(2));
		expect(await watches.isSuperseded(id)).toBe(true);
	});
});
