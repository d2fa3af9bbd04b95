import { newId } from '../../sidecar/kernel/ids';
import { journalOf } from '../../sidecar/promotion/journal';
import { noMappings, type Mappings, type Promotion } from '../../sidecar/promotion/promotion';
import type { Hold, Outcome } from '../../sidecar/promotion/promotion-store';
import { createPromotionStore } from '../../sidecar/storage/promotion-store';
import { createVersionStore } from '../../sidecar/storage/version-store';
import { freshDatabase, type FreshDatabase } from '../support/postgres/fresh-database';
import { change } from '../unit/promotion/fixtures';
import { addEnvironment } from './environments';

let database: FreshDatabase;
let promotions: ReturnType<typeof createPromotionStore>;
let versions: ReturnType<typeof createVersionStore>;
let releaseId: string;

const at = new Date('2031-04-01T12:00:00.000Z');
const lease = { owner: 'me', ttlMs: 60_000 };
const steps = journalOf([change('orders')]);

beforeAll(async () => {
	database = await freshDatabase();
	promotions = createPromotionStore(database.pool);
	versions = createVersionStore(database.pool);
	for (const name of ['dev', 'staging', 'production']) await addEnvironment(database.pool, name);
	await database.pool.query(`insert into workflows (key) values ('orders'), ('stock')`);
	const manifest = [
		{
			workflowKey: 'orders',
			workflowId: 'dev-orders',
			versionId: newId(),
			name: 'Orders',
			digest: 'digest',
			requested: true,
		},
	];
	const release = { environment: 'dev', digest: 'digest', message: null, manifest };
	releaseId = newId();
	await versions.addRelease({ ...release, id: releaseId, createdBy: 'ada', createdAt: at });
});
afterAll(async () => {
	await database.drop();
});
beforeEach(async () => {
	await database.pool.query(
		'truncate promotions, promotion_steps, route_mappings, route_rules, bindings cascade',
	);
});

async function planned(more: Partial<Promotion> = {}): Promise<Promotion> {
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
			seal: { release: '', source: {}, mappings: '', api: '', targets: {}, credentials: {} },
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

const begin = async ({ id, plan }: Promotion) => await promotions.begin(id, plan, steps, at);

/** One that is being applied, and the hold on it. */
async function held(more: Partial<Promotion> = {}): Promise<Hold> {
	const promotion = await planned(more);
	await begin(promotion);
	const hold = await promotions.claim(promotion.id, lease);
	if (!hold) throw new Error('nobody else holds it');
	return hold;
}

const letLeasesRunOut = async () => {
	await database.pool.query("update promotions set lease_expires_at = now() - interval '1 second'");
};

const outcome = (mappings: Partial<Mappings> = {}): Outcome => ({
	bindings: [{ workflowKey: 'orders', environment: 'production', workflowId: 'prod-1' }],
	mappings: { ...noMappings, ...mappings },
	by: 'ada',
});

it('gives back what it was given', async () => {
	const promotion = await planned();
	expect(await promotions.find(promotion.id)).toEqual(promotion);
	expect(await promotions.find(newId())).toBeNull();
});

it('lists newest first, by target and phase, page by page', async () => {
	const [one, two, three] = [await planned(), await planned({ to: 'staging' }), await planned()];
	await begin(three);
	const ids = async (...args: Parameters<typeof promotions.list>) =>
		(await promotions.list(...args)).map(({ id }) => id);
	const page = { limit: 9, after: null };
	expect(await ids({}, page)).toEqual([three.id, two.id, one.id]);
	expect(await ids({ to: 'production' }, page)).toEqual([three.id, one.id]);
	expect(await ids({ phase: 'planned' }, page)).toEqual([two.id, one.id]);
	expect(await ids({}, { limit: 9, after: two.id })).toEqual([one.id]);
});

describe('beginning', () => {
	it('writes the journal', async () => {
		const promotion = await planned();
		expect(await begin(promotion)).toBe(true);
		expect((await promotions.find(promotion.id))?.phase).toBe('applying');
		expect(await promotions.steps(promotion.id)).toEqual(steps);
	});

	it('lets exactly one of twenty into an environment, and says that it is busy to the others', async () => {
		const all = await Promise.all(Array.from({ length: 20 }, () => planned()));
		const answers = await Promise.allSettled(all.map(begin));
		expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
		for (const answer of answers) {
			if (answer.status === 'rejected') {
				expect(answer.reason).toMatchObject({ code: 'promotion_environment_busy' });
			}
		}
		const { rows } = await database.pool.query(
			'select distinct promotion_steps.promotion_id from promotion_steps',
		);
		expect(rows).toHaveLength(1);
	});

	it('lets one into each environment at once', async () => {
		const one = await planned();
		const two = await planned({ to: 'staging' });
		expect(await Promise.all([begin(one), begin(two)])).toEqual([true, true]);
	});

	it('happens once, and not to one that was given up', async () => {
		const promotion = await planned();
		const both = await Promise.all([begin(promotion), begin(promotion)]);
		expect(both.sort()).toEqual([false, true]);
		const aborted = await planned({ to: 'staging' });
		await promotions.move(aborted.id, ['planned'], 'aborted', 'given up', at);
		expect(await begin(aborted)).toBe(false);
		expect(await promotions.steps(aborted.id)).toEqual([]);
	});

	it('is possible again when the one before has ended', async () => {
		const hold = await held();
		await promotions.succeed(hold, outcome(), at);
		expect(await begin(await planned())).toBe(true);
	});
});

describe('a hold', () => {
	it('is given to exactly one of twenty', async () => {
		const promotion = await planned();
		await begin(promotion);
		const claims = await Promise.all(
			Array.from({ length: 20 }, () => promotions.claim(promotion.id, lease)),
		);
		expect(claims.filter((claim) => claim !== null)).toEqual([{ id: promotion.id, fence: 1 }]);
	});

	it('is not given on what is not under way', async () => {
		const promotion = await planned();
		expect(await promotions.claim(promotion.id, lease)).toBeNull();
	});

	it('makes it unattended when it runs out, and the next holder gets a higher fence', async () => {
		const hold = await held();
		expect(await promotions.unattended(10)).toEqual([]);
		await letLeasesRunOut();
		expect(await promotions.unattended(10)).toEqual([hold.id]);
		expect(await promotions.claim(hold.id, lease)).toEqual({ id: hold.id, fence: 2 });
		expect(await promotions.unattended(10)).toEqual([]);
	});

	it('is renewed, and free once it is released', async () => {
		const hold = await held();
		await letLeasesRunOut();
		expect(await promotions.renew(hold, lease)).toBe(true);
		expect(await promotions.unattended(10)).toEqual([]);
		await promotions.release(hold);
		expect(await promotions.unattended(10)).toEqual([hold.id]);
	});

	it('that another one has taken over refuses every write', async () => {
		const stale = await held();
		await letLeasesRunOut();
		const present = await promotions.claim(stale.id, lease);
		const reason = { code: 'engine_conflict', message: 'no' } as const;
		const done = { status: 'done', result: { workflowId: 'x' } } as const;
		const writes = await Promise.all([
			promotions.renew(stale, lease),
			promotions.startStep(stale, 0, at),
			promotions.noteStep(stale, 0, { message: 'stale' }),
			promotions.noteStep(stale, 0, { result: { workflowId: 'stale' } }),
			promotions.endStep(stale, 0, done, at),
			promotions.failStep(stale, 0, reason, at),
			promotions.verify(stale, at),
			promotions.succeed(stale, outcome(), at),
			promotions.giveUp(stale, 'failed', at),
		]);
		expect(writes).toEqual(writes.map(() => false));
		await promotions.release(stale);
		expect(await promotions.unattended(10)).toEqual([]);
		expect(await promotions.steps(stale.id)).toEqual(steps);
		expect(await promotions.find(stale.id)).toMatchObject({ phase: 'applying', reason: null });
		expect(await versions.bindingsIn('production')).toEqual([]);
		expect(present && (await promotions.verify(present, at))).toBe(true);
	});
});

describe('a step', () => {
	it('keeps when it was first begun, what it made, and when it ended', async () => {
		const hold = await held();
		const later = new Date('2031-04-01T12:05:00.000Z');
		await promotions.startStep(hold, 0, at);
		await promotions.startStep(hold, 0, later);
		await promotions.noteStep(hold, 0, { result: { workflowId: 'p', versionId: 'v' } });
		expect((await promotions.steps(hold.id))[0]).toMatchObject({
			status: 'started',
			startedAt: at,
			result: { workflowId: 'p', versionId: 'v' },
		});
		const end = { status: 'done', result: { workflowId: 'p' } } as const;
		await promotions.endStep(hold, 0, end, later);
		expect((await promotions.steps(hold.id))[0]).toMatchObject({ ...end, finishedAt: later });
	});

	it('that fails begins the undoing in the same breath, and keeps what it knew', async () => {
		const hold = await held();
		await promotions.noteStep(hold, 0, { result: { workflowId: 'p', versionId: 'v' } });
		const reason = { code: 'engine_conflict', message: 'taken' } as const;
		expect(await promotions.failStep(hold, 0, reason, at)).toBe(true);
		expect(await promotions.find(hold.id)).toMatchObject({
			phase: 'rolling-back',
			reason: 'taken',
		});
		expect(await promotions.undoReason(hold.id)).toEqual(reason);
		expect((await promotions.steps(hold.id))[0]).toMatchObject({
			status: 'failed',
			message: 'taken',
			result: { workflowId: 'p', versionId: 'v' },
		});
		expect(await promotions.giveUp(hold, 'failed', at)).toBe(true);
		expect((await promotions.find(hold.id))?.phase).toBe('failed');
	});
});

describe('success', () => {
	it('binds, remembers the mappings of the route, and tells what it has rolled back', async () => {
		const first = await held();
		await promotions.succeed(first, outcome(), at);
		const second = await held({ rollbackOf: first.id });
		const mappings = {
			credentials: { c1: 'p1' },
			workflows: { outside: 'prod-o' },
			literals: ['same'],
			dataTables: { t1: 'p-t1' },
			rules: [{ type: null, source: '* (dev)', target: '* (production)' }],
		};
		expect(await promotions.succeed(second, outcome(mappings), at)).toBe(true);
		expect((await promotions.find(first.id))?.phase).toBe('rolled-back');
		expect((await promotions.find(second.id))?.phase).toBe('succeeded');
		expect(await versions.bindingsIn('production')).toEqual(outcome().bindings);
		expect(await promotions.savedMappings('dev', 'production')).toEqual(mappings);
		expect(await promotions.savedMappings('dev', 'staging')).toEqual(noMappings);
	});

	it('keeps a rule once, after those that were there', async () => {
		const first = { type: null, source: 'A *', target: 'B *' };
		const second = { type: 'httpHeaderAuth', source: 'C', target: 'D' };
		await promotions.succeed(await held(), outcome({ rules: [first] }), at);
		await promotions.succeed(await held(), outcome({ rules: [second, first] }), at);
		const saved = await promotions.savedMappings('dev', 'production');
		expect(saved.rules).toEqual([first, second]);
	});

	it('is followed by what an operator makes of it by hand, whole, however many at once', async () => {
		await promotions.succeed(await held(), outcome({ credentials: { c1: 'p1' } }), at);
		const route = { from: 'dev', to: 'production' };
		const sets = Array.from({ length: 10 }, (_, index) => ({
			...noMappings,
			credentials: { [`c${index}`]: 'p1', shared: `p${index}` },
			rules: [{ type: null, source: `${index} *`, target: '*' }],
		}));
		await Promise.all(
			sets.map(async (each) => {
				await promotions.replaceMappings(route, each, 'ada');
			}),
		);
		const saved = await promotions.savedMappings('dev', 'production');
		expect(sets).toContainEqual(saved);
		expect(await promotions.savedMappings('production', 'dev')).toEqual(noMappings);
	});

	it('replaces what was mapped before', async () => {
		await promotions.succeed(await held(), outcome({ credentials: { c1: 'p1', c2: 'p2' } }), at);
		await promotions.succeed(await held(), outcome({ credentials: { c1: 'p9' } }), at);
		const saved = await promotions.savedMappings('dev', 'production');
		expect(saved.credentials).toEqual({ c1: 'p9', c2: 'p2' });
	});

	it('leaves it to the binding which workflow a member of the release is', async () => {
		const workflows = { 'dev-orders': 'prod-1', outside: 'create', other: 'prod-2' };
		await promotions.succeed(await held(), outcome({ workflows }), at);
		const saved = await promotions.savedMappings('dev', 'production');
		expect(saved.workflows).toEqual({ other: 'prod-2' });
	});

	it('is nothing at all when a binding cannot be kept', async () => {
		const hold = await held();
		const wrong = { ...outcome(), bindings: [{ ...outcome().bindings[0]!, workflowKey: 'none' }] };
		await expect(promotions.succeed(hold, wrong, at)).rejects.toThrow();
		expect((await promotions.find(hold.id))?.phase).toBe('applying');
		expect(await promotions.succeed(hold, outcome(), at)).toBe(true);
	});
});
