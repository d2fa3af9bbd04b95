import { versionOfLetter } from '../../../sidecar/dead-letters/version-of-letter';
import type { WorkflowContent } from '../../../sidecar/engines/port/workflow';
import { newId } from '../../../sidecar/kernel/ids';
import type { VersionStore } from '../../../sidecar/workflow-versions/version-store';
import { createEnvironmentStore } from '../../../sidecar/storage/environment-store';
import { createVersionStore } from '../../../sidecar/storage/version-store';
import { environmentNamed, noon } from '../../support/dead-letters/letters';
import { freshDatabase, type FreshDatabase } from '../../support/postgres/fresh-database';

let database: FreshDatabase;
let versions: VersionStore;
let pagesRead: number;

beforeAll(async () => {
	database = await freshDatabase();
	await createEnvironmentStore(database.pool).put(environmentNamed('production'));
	const store = createVersionStore(database.pool);
	versions = {
		...store,
		listOf: async (key, page) => {
			if (page.limit > 1) pagesRead += 1;
			return await store.listOf(key, page);
		},
	};
	await versions.keyFor('production', 'orders', 'orders-key');
});

afterAll(async () => {
	await database.drop();
});

beforeEach(() => {
	pagesRead = 0;
});

const content = (jsCode: string): WorkflowContent => ({
	name: 'Orders',
	nodes: [{ name: 'Work', type: 'n8n-nodes-base.code', typeVersion: 2, parameters: { jsCode } }],
	connections: {},
	settings: {},
});
const snapshot = async (jsCode: string) =>
	await versions.add({
		id: newId(),
		workflowKey: 'orders-key',
		digest: jsCode,
		appearanceDigest: 'as ever',
		content: content(jsCode),
		tags: [],
		active: true,
		message: null,
		environment: 'production',
		workflowId: 'orders',
		createdBy: 'me',
		createdAt: noon,
	});
const versionOf = async (jsCode: string, workflowId = 'orders') =>
	await versionOfLetter(versions, 'production', workflowId, content(jsCode));

it('names the version that ran, also when a newer one is there', async () => {
	const first = await snapshot('return 1');
	expect(await versionOf('return 1')).toBe(first.id);
	expect(await versionOf('return 2')).toBeNull();
	const second = await snapshot('return 2');
	expect(await versionOf('return 1')).toBe(first.id);
	expect(await versionOf('return 2')).toBe(second.id);
});

it('names none for a workflow that was never versioned', async () => {
	expect(await versionOf('return 1', 'receipts')).toBeNull();
	expect(await versionOfLetter(versions, 'production', 'orders', null)).toBeNull();
});

it('compares a swarm of the same failure once', async () => {
	for (let failure = 0; failure < 20; failure += 1) await versionOf('return "swarm"');
	expect(pagesRead).toBe(1);
});
