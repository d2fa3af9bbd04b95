import type { Promotion } from '../../sidecar/contract/promotions';
import { isWrite, type Fault, type SeenRequest } from '../support/n8n/n8n-proxy';
import { createWorkflow } from '../support/n8n/workflow-runs';
import { callingWorkflow, subWorkflow } from '../support/n8n/workflows';
import { until } from '../support/n8n/until';
import { named, read } from '../support/n8n/workflow-edits';
import {
	codeIn,
	editCode,
	faceOf,
	fresh,
	leftBy,
	openScene,
	promoteMany,
	slug,
	targetId,
	type LiveWorkflow,
	type Scene,
} from './promotion-scene';

jest.setTimeout(300_000);

let scene: Scene;
let nextLive: () => LiveWorkflow;

beforeAll(async () => {
	scene = await openScene();
	nextLive = await promoteMany(scene, 27, () => subWorkflow(fresh('Old')));
});
afterAll(async () => {
	await scene?.close();
});
beforeEach(() => {
	scene.proxy.clear();
});

/** A workflow that is live in production, edited so that it calls one that is new to production. */
interface Pair {
	caller: { name: string; id: string; target: string };
	callee: { name: string; id: string };
	promotion: Promotion;
	before: unknown;
}

const wanted = 'return [{ json: { wanted: true } }];';

async function pair(): Promise<Pair> {
	const { dev, production, operator } = scene;
	const callee = fresh('New');
	const calleeId = (await createWorkflow(dev, subWorkflow(callee))).id;
	const { name: caller, source: callerId, target } = nextLive();
	const plan = { environment: 'dev', workflowIds: [callerId], to: 'production' };
	const { nodes, connections } = callingWorkflow(caller, slug(caller), calleeId);
	const settings = { executionOrder: 'v1', timezone: 'Europe/Berlin' };
	await dev.api(`/workflows/${callerId}`, {
		method: 'PUT',
		body: { name: caller, nodes, connections, settings },
	});
	await editCode(dev, callerId, wanted);
	return {
		caller: { name: caller, id: callerId, target },
		callee: { name: callee, id: calleeId },
		promotion: await operator.plan(plan),
		before: faceOf(await read(production, target)),
	};
}

/** Create and stage the new one, stage the old one, publish both. */
const writes = ['create', 'stage new', 'stage old', 'publish new', 'publish old'];

/** As a power cut, with the process up again and nobody waiting for leases of the dead one. */
async function killAndRestart(): Promise<void> {
	await scene.sidecar.kill();
	const past = `now() - interval '1 second'`;
	await scene.database.pool.query(`update promotions set lease_expires_at = ${past}`);
	await scene.database.pool.query(`update leases set expires_at = ${past}`);
	await scene.sidecar.restart();
}

/** The nth write that the proxy sees from now on. */
function nthWrite(nth: number, fault: Omit<Fault, 'when'>): Fault {
	let seen = 0;
	return {
		...fault,
		when: (request: SeenRequest) => {
			if (!isWrite(request)) return false;
			seen += 1;
			return seen === nth;
		},
	};
}

async function expectWhollyNew({ caller, callee, promotion }: Pair): Promise<void> {
	const [made, ...more] = await named(scene.production, callee.name);
	expect(more).toEqual([]);
	expect(made).toMatchObject({ active: true });
	expect(await named(scene.production, caller.name)).toHaveLength(1);
	const live = await read(scene.production, caller.target);
	expect(codeIn(live.activeVersion?.nodes)).toBe(wanted);
	expect(live.activeVersionId).toBe(live.versionId);
	expect(live.settings).toMatchObject({ timezone: 'Europe/Berlin' });
	const call = live.activeVersion?.nodes.find(({ name }) => name === 'Call');
	expect(call?.parameters).toMatchObject({ workflowId: { value: made?.id } });
	expect(await leftBy(scene.production, promotion)).toEqual([]);
	expect(await targetId(scene, promotion, callee.name)).toBe(made?.id);
}

async function expectWhollyOld({ caller, callee, promotion, before }: Pair): Promise<void> {
	expect(await named(scene.production, callee.name)).toEqual([]);
	expect(faceOf(await read(scene.production, caller.target))).toEqual(before);
	expect(await leftBy(scene.production, promotion)).toEqual([]);
	await expect(targetId(scene, promotion, callee.name)).rejects.toThrow('has no binding');
}

const steps = writes.map((name, index) => [name, index + 1] as const);

describe.each([
	['before n8n gets it', 'never-sent'],
	['after n8n has done it', 'lost'],
] as const)('kill -9 at a write, %s', (_, fate) => {
	it.each(steps)('%s: it is wholly new after the restart', async (_name, nth) => {
		const set = await pair();
		let reached: () => void = () => undefined;
		const atIt = new Promise<void>((resolve) => {
			reached = resolve;
		});
		const killed = Promise.withResolvers<void>();
		const hold = async () => {
			reached();
			await killed.promise;
		};
		scene.proxy.clear();
		scene.proxy.add(
			nthWrite(nth, fate === 'lost' ? { after: hold, fate } : { before: hold, fate }),
		);
		await scene.operator.apply(set.promotion);
		await atIt;
		await killAndRestart();
		killed.resolve();
		const done = await scene.operator.ended(set.promotion.id);
		expect(done).toMatchObject({ phase: 'succeeded', reason: null });
		await expectWhollyNew(set);
	});
});

describe('kill -9 while nothing is written', () => {
	const looks: Array<[string, (set: Pair) => (seen: SeenRequest) => boolean]> = [
		[
			'the history is looked at',
			() =>
				({ path }) =>
					path.includes('/history'),
		],
		[
			'what was published is looked at',
			({ caller }) => {
				let published = false;
				return ({ method, path }) => {
					if (path === `/api/v1/workflows/${caller.target}/publish`) published = true;
					return published && method === 'GET';
				};
			},
		],
		[
			'the webhook is probed',
			() =>
				({ method }) =>
					method === 'OPTIONS',
		],
	];
	it.each(looks)('%s: it is wholly new after the restart', async (_name, when) => {
		const set = await pair();
		const killed = Promise.withResolvers<void>();
		const atIt = Promise.withResolvers<void>();
		scene.proxy.clear();
		scene.proxy.add({
			when: when(set),
			before: async () => {
				atIt.resolve();
				await killed.promise;
			},
			fate: 'never-sent',
		});
		await scene.operator.apply(set.promotion);
		await atIt.promise;
		await killAndRestart();
		killed.resolve();
		expect((await scene.operator.ended(set.promotion.id)).phase).toBe('succeeded');
		await expectWhollyNew(set);
	});
});

describe('a lost answer', () => {
	it.each(steps)('%s: it is done once and the promotion succeeds', async (_name, nth) => {
		const set = await pair();
		scene.proxy.clear();
		scene.proxy.add(nthWrite(nth, { fate: 'lost' }));
		await scene.operator.apply(set.promotion);
		expect((await scene.operator.ended(set.promotion.id)).phase).toBe('succeeded');
		await expectWhollyNew(set);
	});

	it.each(steps)('%s: when n8n then refuses, all is put back', async (_name, nth) => {
		const set = await pair();
		scene.proxy.clear();
		// The answer is lost, and from then on the same kind of request is refused until we undo.
		let struck: SeenRequest | null = null;
		let refused = 0;
		scene.proxy.add(
			nthWrite(nth, {
				fate: 'lost',
				after: (seen) => {
					struck = seen;
					return Promise.resolve();
				},
			}),
		);
		scene.proxy.add({
			when: ({ method, path }) => {
				const place = struck?.path.replace(/\/publish$|\?.*$/, '');
				if (!place || refused > 0 || method !== 'GET' || !path.startsWith(place)) return false;
				refused += 1;
				return true;
			},
			fate: 400,
		});
		await scene.operator.apply(set.promotion);
		const done = await scene.operator.ended(set.promotion.id);
		if (done.phase === 'succeeded') {
			// A PUT is sent again before anything is read.
			expect(struck).toMatchObject({ method: 'PUT' });
			await expectWhollyNew(set);
		} else {
			expect(done.phase).toBe('failed');
			await expectWhollyOld(set);
		}
	});
});

describe('kill -9 while it is undone', () => {
	const undoes = ['unpublish new', 'put old back', 'remove new'];
	it.each(undoes.map((name, index) => [name, index + 1] as const))(
		'%s: it is wholly old after the restart',
		async (_name, nth) => {
			const set = await pair();
			const killed = Promise.withResolvers<void>();
			const atIt = Promise.withResolvers<void>();
			scene.proxy.clear();
			let undoing = false;
			const publishOld = `/api/v1/workflows/${set.caller.target}/publish`;
			scene.proxy.add({
				when: ({ path }) => path === publishOld,
				before: () => {
					undoing = true;
					return Promise.resolve();
				},
				fate: 400,
			});
			let seen = 0;
			scene.proxy.add({
				when: (request) => {
					if (!undoing || !isWrite(request) || request.path === publishOld) return false;
					seen += 1;
					return seen === nth;
				},
				after: async () => {
					atIt.resolve();
					await killed.promise;
				},
				fate: 'lost',
			});
			await scene.operator.apply(set.promotion);
			await atIt.promise;
			await killAndRestart();
			killed.resolve();
			expect((await scene.operator.ended(set.promotion.id)).phase).toBe('failed');
			await expectWhollyOld(set);
		},
	);
});

it('is left to the next process when its own is stopped in an orderly way', async () => {
	const set = await pair();
	const reached = Promise.withResolvers<void>();
	const release = Promise.withResolvers<void>();
	scene.proxy.add({
		when: ({ path }) => path.endsWith('/publish'),
		before: async () => {
			reached.resolve();
			await release.promise;
		},
	});
	await scene.operator.apply(set.promotion);
	await reached.promise;
	const restarted = scene.sidecar.restart();
	await until(
		'the sidecar to be stopping',
		() => /"stopping"/.test(scene.sidecar.log()) || undefined,
	);
	release.resolve();
	await restarted;
	expect((await scene.operator.ended(set.promotion.id)).phase).toBe('succeeded');
	await expectWhollyNew(set);
});
