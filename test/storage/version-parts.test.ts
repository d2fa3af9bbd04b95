import type { WorkflowContent } from '../../sidecar/engines/port/workflow';
import { newId } from '../../sidecar/kernel/ids';
import { createVersionStore } from '../../sidecar/storage/version-store';
import { fingerprint } from '../../sidecar/workflow-versions/fingerprint';
import type { NewVersion } from '../../sidecar/workflow-versions/version';
import { freshDatabase, type FreshDatabase } from '../support/postgres/fresh-database';
import { addEnvironment } from './environments';

let database: FreshDatabase;
let versions: ReturnType<typeof createVersionStore>;

beforeAll(async () => {
	database = await freshDatabase();
	versions = createVersionStore(database.pool);
	await addEnvironment(database.pool, 'dev');
});
afterAll(async () => {
	await database.drop();
});

/** A workflow of 100 nodes as an editor leaves them, in a chain. */
function hundredNodes(): WorkflowContent {
	const names = Array.from({ length: 100 }, (_, index) => `Step ${index}`);
	return {
		name: 'A hundred',
		nodes: names.map((name, index) => ({
			parameters: {
				method: 'POST',
				url: `https://erp.example/orders/${index}`,
				sendHeaders: true,
				headerParameters: { parameters: [{ name: 'X-Step', value: String(index) }] },
				sendBody: true,
				specifyBody: 'json',
				jsonBody: '={{ JSON.stringify({ order: $json.order, total: $json.total }) }}',
				options: { timeout: 10000 },
			},
			id: `0198c0de-0000-7000-8000-${String(index).padStart(12, '0')}`,
			name,
			type: 'n8n-nodes-base.httpRequest',
			typeVersion: 4.2,
			position: [index * 220, 0],
		})),
		connections: Object.fromEntries(
			names
				.slice(0, -1)
				.map((name, index) => [
					name,
					{ main: [[{ node: `Step ${index + 1}`, type: 'main', index: 0 }]] },
				]),
		),
		settings: { executionOrder: 'v1' },
	};
}

function versionOf(content: WorkflowContent, workflowKey = 'hundred'): NewVersion {
	return {
		id: newId(),
		workflowKey,
		...fingerprint(content),
		content,
		tags: [],
		active: true,
		message: null,
		environment: 'dev',
		workflowId: 'dev-1',
		createdBy: 'ada',
		createdAt: new Date('2031-04-01T12:00:00.000Z'),
	};
}

async function bytes(): Promise<number> {
	await database.pool.query('vacuum full versions, version_parts');
	const { rows } = await database.pool.query<{ bytes: string }>(
		`select pg_total_relation_size('versions') + pg_total_relation_size('version_parts') as bytes`,
	);
	return Number(rows[0]?.bytes);
}

/** Of a thousand the first, which is kept whole, weighs even less. */
const changes = 200;

it('keeps versions with one node changed each in under 5 % of their JSON', async () => {
	const before = await bytes();
	const content = hundredNodes();
	let plain = 0;
	let last: NewVersion = versionOf(content);
	for (let change = 0; change < changes; change += 1) {
		const node = content.nodes[(change * 37) % 100];
		if (!node) throw new Error('no such node');
		node.parameters = { ...node.parameters, url: `https://erp.example/changed/${change}` };
		last = versionOf(structuredClone(content));
		plain += Buffer.byteLength(JSON.stringify(last.content));
		await versions.add(last);
	}
	const share = ((await bytes()) - before) / plain;
	expect(share).toBeLessThan(0.05);
	expect((await versions.find(last.id))?.content).toEqual(last.content);
}, 120_000);

it('gives back the very text, in the order of fields and nodes, equal nodes and no nodes included', async () => {
	const twice = { name: 'b', type: 'x', parameters: { z: 1, a: '\u0000' } };
	const contents: WorkflowContent[] = [
		{ name: 'Empty', nodes: [], connections: {}, settings: {} },
		{
			settings: { b: 1, a: 2 },
			nodes: [twice, { type: 'y', name: 'a' }, twice],
			connections: {},
			name: 'Odd order',
		},
	];
	for (const content of contents) {
		const { id } = await versions.add(versionOf(content, content.name));
		expect(JSON.stringify((await versions.find(id))?.content)).toBe(JSON.stringify(content));
	}
});

it('reads versions from before parts were kept apart', async () => {
	const content = hundredNodes();
	const version = await versions.add(versionOf(content, 'older'));
	await database.pool.query(
		'update versions set content = $2, frame = null, nodes = null where versions.id = $1',
		[version.id, JSON.stringify(content)],
	);
	expect(await versions.find(version.id)).toEqual(version);
	expect(await versions.add(versionOf(content, 'older'))).toEqual(version);
});

it('keeps the parts of workflows that many bring at once, once', async () => {
	const content = { ...hundredNodes(), name: 'At once' };
	await Promise.all(
		Array.from({ length: 12 }, async (_, index) => {
			const reversed = { ...content, nodes: content.nodes.toReversed() };
			await versions.add(versionOf(index % 2 ? reversed : content, `at-once-${index}`));
		}),
	);
	const { rows } = await database.pool.query(
		`select version_parts.id from version_parts
		where version_parts.part::text like '%"name":"At once"%'`,
	);
	expect(rows).toHaveLength(1);
});
