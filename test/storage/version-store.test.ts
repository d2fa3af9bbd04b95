import { newId } from '../../sidecar/kernel/ids';
import { createVersionStore } from '../../sidecar/storage/version-store';
import { fingerprint } from '../../sidecar/workflow-versions/fingerprint';
import type { WorkflowVersion } from '../../sidecar/workflow-versions/version';
import { freshDatabase, type FreshDatabase } from '../support/postgres/fresh-database';
import { addEnvironment } from './environments';

let database: FreshDatabase;
let versions: ReturnType<typeof createVersionStore>;

beforeAll(async () => {
	database = await freshDatabase();
	versions = createVersionStore(database.pool);
	for (const name of ['dev', 'production']) await addEnvironment(database.pool, name);
});
afterAll(async () => {
	await database.drop();
});
beforeEach(async () => {
	await database.pool.query('truncate workflows, bindings, versions, releases cascade');
});

const twenty = Array.from({ length: 20 }, (_, index) => index);

function version(workflowKey: string, code: string, more: Partial<WorkflowVersion> = {}) {
	const content = {
		name: 'Orders',
		nodes: [{ name: 'Work', type: 'n8n-nodes-base.code', parameters: { jsCode: code } }],
		connections: {},
		settings: {},
	};
	return {
		id: newId(),
		workflowKey,
		...fingerprint(content),
		content,
		tags: ['b', 'a'],
		active: true,
		message: null,
		environment: 'dev',
		workflowId: 'dev-1',
		createdBy: 'ada',
		createdAt: new Date('2031-04-01T12:00:00.000Z'),
		...more,
	};
}

describe('versions', () => {
	it('make one of the same content, however many add it at once', async () => {
		const added = await Promise.all(twenty.map(() => versions.add(version('orders', 'same'))));
		expect(new Set(added.map(({ id }) => id)).size).toBe(1);
		expect(new Set(added.map(({ number }) => number))).toEqual(new Set([1]));
	});

	it('are numbered without gaps, however many are added at once', async () => {
		const added = await Promise.all(
			twenty.flatMap((each) => [
				versions.add(version('orders', `code ${each}`)),
				versions.add(version('orders', `code ${each}`)),
				versions.add(version('other', `code ${each}`)),
			]),
		);
		const numbersOf = (key: string) =>
			[
				...new Set(
					added.filter(({ workflowKey }) => workflowKey === key).map((each) => each.number),
				),
			]
				.sort((a, b) => a - b)
				.map((number) => number - 1);
		expect(numbersOf('orders')).toEqual(twenty);
		expect(numbersOf('other')).toEqual(twenty);
	});

	it('come back as they were put in, with characters that only json keeps', async () => {
		const given = version('orders', 'a\u0000b \ud83d\ude00');
		const { id } = await versions.add(given);
		expect(await versions.find(id)).toEqual({ ...given, number: 1, origin: null, labels: [] });
	});

	it('tell a change of look from the same look', async () => {
		const first = await versions.add(version('orders', 'same'));
		const moved = await versions.add({
			...version('orders', 'same'),
			appearanceDigest: 'other look',
		});
		expect([first.number, moved.number]).toEqual([1, 2]);
		expect((await versions.findByDigest('orders', first.digest))?.number).toBe(2);
	});

	it('are listed newest first, page by page', async () => {
		for (const each of twenty.slice(0, 5)) await versions.add(version('orders', `code ${each}`));
		const first = await versions.listOf('orders', { limit: 2, after: null });
		expect(first.map(({ number }) => number)).toEqual([5, 4]);
		const next = await versions.listOf('orders', { limit: 9, after: first.at(-1)?.id ?? null });
		expect(next.map(({ number }) => number)).toEqual([3, 2, 1]);
	});

	it('are not found when there are none', async () => {
		expect(await versions.find(newId())).toBeNull();
		expect(await versions.listOf('nobody', { limit: 1, after: null })).toEqual([]);
	});
});

describe('forms of a version', () => {
	const inProduction = (code: string, originId: string) => ({
		...version('orders', code, { environment: 'production', workflowId: 'prod-1' }),
		originId,
	});

	it('carry its number and have none of their own', async () => {
		const first = await versions.add(version('orders', 'dev ids'));
		const form = await versions.add(inProduction('production ids', first.id));
		const next = await versions.add(version('orders', 'more'));
		expect(form).toMatchObject({ number: 1, origin: { id: first.id, digest: first.digest } });
		expect(next).toMatchObject({ number: 2, origin: null });
		const page = { limit: 9, after: null };
		const numbered = await versions.listNumbered('orders', page);
		expect(numbered.map(({ id }) => id)).toEqual([next.id, first.id]);
		expect((await versions.listOf('orders', page)).map(({ id }) => id)).toEqual([
			next.id,
			form.id,
			first.id,
		]);
	});

	it('of forms are forms of their origin', async () => {
		const first = await versions.add(version('orders', 'dev ids'));
		const form = await versions.add(inProduction('staging ids', first.id));
		const further = await versions.add(inProduction('production ids', form.id));
		expect(further).toMatchObject({ number: 1, origin: { id: first.id } });
	});

	it('are found by where they are, the newest of several', async () => {
		const first = await versions.add(version('orders', 'dev ids'));
		expect(await versions.findIn(first.id, 'production')).toBeNull();
		await versions.add(inProduction('production ids', first.id));
		const newer = await versions.add(inProduction('other credential', first.id));
		expect(await versions.findIn(first.id, 'production')).toEqual(newer);
		expect(await versions.findIn(first.id, 'dev')).toEqual(first);
	});

	it('are none when the same content is a version in its own right already, or the origin is another workflow', async () => {
		const first = await versions.add(version('orders', 'same'));
		const own = await versions.add(version('orders', 'taken there by hand'));
		expect(await versions.add(inProduction('taken there by hand', first.id))).toEqual(own);
		const other = await versions.add(version('stock', 'other'));
		expect(await versions.add(inProduction('new', other.id))).toMatchObject({
			number: 3,
			origin: null,
		});
	});
});

describe('labels', () => {
	const at = new Date('2031-04-01T12:00:00.000Z');

	it('are those set last, also seen on the forms of a version, and lead to it', async () => {
		const first = await versions.add(version('orders', 'one'));
		await versions.add(version('orders', 'two'));
		const form = await versions.add({
			...version('orders', 'one there', { environment: 'production' }),
			originId: first.id,
		});
		await versions.setLabels(first.id, ['stable', 'audited'], 'ada', at);
		expect((await versions.find(form.id))?.labels).toEqual(['audited', 'stable']);
		await versions.setLabels(first.id, ['stable'], 'bob', at);
		const page = { limit: 9, after: null };
		expect(await versions.listNumbered('orders', page, 'stable')).toMatchObject([
			{ number: 1, labels: ['stable'] },
		]);
		expect(await versions.listNumbered('orders', page, 'audited')).toEqual([]);
		const { rows } = await database.pool.query(
			'select version_labels.created_by as by from version_labels',
		);
		expect(rows).toEqual([{ by: 'ada' }]);
	});
});

describe('keys', () => {
	it('are one for one workflow, however many see it first at once, and leave nothing behind', async () => {
		const keys = await Promise.all(
			twenty.map((each) => versions.keyFor('dev', 'dev-1', `key-${each}`)),
		);
		expect(new Set(keys).size).toBe(1);
		const { rows } = await database.pool.query('select workflows.key from workflows');
		expect(rows).toEqual([{ key: keys[0] }]);
	});

	it('are kept for a workflow that is known', async () => {
		expect(await versions.keyFor('dev', 'dev-1', 'first')).toBe('first');
		expect(await versions.keyFor('dev', 'dev-1', 'second')).toBe('first');
		expect(await versions.findKey('dev', 'dev-1')).toBe('first');
		expect(await versions.findKey('production', 'dev-1')).toBeNull();
	});
});

describe('bindings', () => {
	const binding = (workflowKey: string, workflowId: string, environment = 'production') => ({
		workflowKey,
		environment,
		workflowId,
	});

	beforeEach(async () => {
		for (const key of ['orders', 'stock']) await versions.add(version(key, 'code'));
	});

	it('move, and free both what the key and what the workflow were bound to', async () => {
		await versions.bind(binding('orders', 'p1'));
		await versions.bind(binding('stock', 'p2'));
		await versions.bind(binding('orders', 'p2'));
		expect(await versions.bindingsIn('production')).toEqual([binding('orders', 'p2')]);
		expect(await versions.findBinding('stock', 'production')).toBeNull();
	});

	it('of other environments stay', async () => {
		await versions.bind(binding('orders', 'd1', 'dev'));
		await versions.bind(binding('orders', 'p1'));
		expect(await versions.findBinding('orders', 'dev')).toEqual(binding('orders', 'd1', 'dev'));
	});

	it('end up as one when many bind the same at once', async () => {
		await Promise.all(
			twenty.flatMap((each) => [
				versions.bind(binding('orders', `p${each % 3}`)),
				versions.keyFor('production', `p${each % 3}`, `found-${each}`),
			]),
		);
		const bound = await versions.bindingsIn('production');
		expect(bound.filter(({ workflowKey }) => workflowKey === 'orders')).toHaveLength(1);
		expect(new Set(bound.map(({ workflowId }) => workflowId)).size).toBe(bound.length);
	});

	it('for the time being take no place that is taken', async () => {
		await versions.bindFree(binding('orders', 'p1'));
		await versions.bindFree(binding('orders', 'p2'));
		await versions.bindFree(binding('stock', 'p1'));
		expect(await versions.bindingsIn('production')).toEqual([binding('orders', 'p1')]);
	});

	it('are taken away only as the one that is meant', async () => {
		await versions.bind(binding('orders', 'p1'));
		await versions.unbind(binding('orders', 'p2'));
		await versions.unbind(binding('stock', 'p1'));
		expect(await versions.bindingsIn('production')).toHaveLength(1);
		await versions.unbind(binding('orders', 'p1'));
		expect(await versions.bindingsIn('production')).toEqual([]);
	});
});

it('lists workflows with where they live, or only those of one environment', async () => {
	for (const key of ['orders', 'stock']) await versions.add(version(key, 'code'));
	await versions.bind({ workflowKey: 'orders', environment: 'dev', workflowId: 'd1' });
	await versions.bind({ workflowKey: 'orders', environment: 'production', workflowId: 'p1' });
	const page = { limit: 9, after: null };
	expect(await versions.listWorkflows(page)).toEqual([
		{
			workflowKey: 'orders',
			name: 'Orders',
			latestVersion: 1,
			bindings: { dev: 'd1', production: 'p1' },
		},
		{ workflowKey: 'stock', name: 'Orders', latestVersion: 1, bindings: {} },
	]);
	expect(await versions.listWorkflows(page, 'production')).toMatchObject([
		{ workflowKey: 'orders', bindings: { production: 'p1' } },
	]);
	expect(await versions.listWorkflows({ limit: 9, after: 'orders' })).toHaveLength(1);
});

it('keeps releases, and knows which environments they concern', async () => {
	const release = {
		id: newId(),
		environment: 'dev',
		digest: 'digest',
		message: null,
		manifest: [],
		createdBy: 'ada',
		createdAt: new Date('2031-04-01T12:00:00.000Z'),
	};
	await versions.addRelease(release);
	expect(await versions.findRelease(release.id)).toEqual(release);
	expect(await versions.findRelease(newId())).toBeNull();
	expect(await versions.concernsEnvironment(release.id, 'dev')).toBe(true);
	expect(await versions.concernsEnvironment(release.id, 'production')).toBe(false);
});
