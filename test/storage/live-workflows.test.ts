import { watchLive } from '../../sidecar/alerts/watch-live';
import type { WorkflowDefinitions } from '../../sidecar/engines/port/definitions';
import type { Engine } from '../../sidecar/engines/port/engine';
import type { WorkflowSummary } from '../../sidecar/engines/port/workflow';
import { createLiveWorkflowStore } from '../../sidecar/storage/live-workflow-store';
import { execution, fakeEngine, refusal } from '../support/dead-letters/fake-engine';
import { after, noon } from '../support/dead-letters/letters';
import { replayRoom, type ReplayRoom } from '../support/dead-letters/replay-room';

let room: ReplayRoom;
let listed: WorkflowSummary[] = [];
let registered: Set<string>;
let asked: string[] = [];
let isAway = false;

beforeAll(async () => {
	room = await replayRoom('production');
});

afterAll(async () => {
	await room.database.drop();
});

beforeEach(async () => {
	await room.database.pool.query('delete from live_workflows');
	[listed, asked, isAway] = [[], [], false];
	registered = new Set(['orders', 'receipts']);
	moveTo(noon);
});

const moveTo = (at: Date) => {
	const { clock } = room.ports;
	clock.pass(at.getTime() - clock.now().getTime());
};
const summary = (id: string, given: Partial<WorkflowSummary> = {}): WorkflowSummary => ({
	id,
	name: id.toUpperCase(),
	active: true,
	archived: false,
	draftVersionId: 'v1',
	liveVersionId: 'v1',
	updatedAt: noon.toISOString(),
	tags: [],
	...given,
});
const definitions = {
	list: async () => {
		if (isAway) throw refusal('engine_unreachable');
		return await Promise.resolve(listed);
	},
	get: async (id: string) => {
		asked.push(id);
		const hook = { type: 'n8n-nodes-base.webhook', typeVersion: 2, name: 'Webhook' };
		const nodes = [{ ...hook, parameters: { httpMethod: 'POST', path: id } }];
		return await Promise.resolve({ live: { versionId: 'v1', graph: { nodes, connections: {} } } });
	},
	probeWebhook: async ({ path }: { path: string }) => await Promise.resolve(registered.has(path)),
} as unknown as WorkflowDefinitions;
const engine: Engine = { ...fakeEngine(), definitions };
const watch = () =>
	watchLive({
		live: createLiveWorkflowStore(room.database.pool),
		clock: room.ports.clock,
		environments: async () => await Promise.resolve(['production']),
		engineOf: async () => await Promise.resolve(engine),
	});
const all = { environment: null, workflow: null };
const minute = 60_000;

it('finds a webhook that the engine of a live workflow does not know', async () => {
	listed = [summary('orders'), summary('receipts')];
	const signals = watch();
	expect(await signals.missingWebhooks(all)).toEqual([]);
	registered.delete('orders');
	// Several rules, one look.
	expect(await signals.missingWebhooks(all)).toEqual([]);
	moveTo(after(minute));
	expect(await signals.missingWebhooks(all)).toEqual([
		{
			environment: 'production',
			workflow: 'orders',
			name: 'ORDERS',
			method: 'POST',
			path: 'orders',
		},
	]);
	expect(await signals.missingWebhooks({ ...all, workflow: 'receipts' })).toEqual([]);
	// A definition is read once a version.
	expect(asked).toEqual(['orders', 'receipts']);
});

it('tells what went out of service for a while, and not what was paused here, archived or deleted', async () => {
	const names = ['orders', 'paused', 'archived', 'deleted'];
	listed = names.map((id) => summary(id));
	const signals = watch();
	const unpublished = async () => await signals.unpublished({ ...all, withinMs: 10 * minute });
	expect(await unpublished()).toEqual([]);
	const off = { active: false, liveVersionId: null };
	listed = [
		summary('orders', off),
		summary('paused', off),
		summary('archived', { ...off, archived: true }),
	];
	await room.database.pool.query("insert into workflows (key) values ('paused-key')");
	await room.database.pool.query(
		`with kept as (
			insert into versions (id, workflow_key, number, digest, appearance_digest, name, content, tags,
				active, created_by, created_at)
			values (gen_random_uuid(), 'paused-key', 1, 'd', 'a', 'Paused', '{}', '{}', true, 'me', now())
			returning id
		)
		insert into paused_workflows (environment, workflow_id, name, live_version_id, kept, paused_by, paused_at)
		select 'production', 'paused', 'PAUSED', 'v1', kept.id, 'me', now() from kept`,
	);
	moveTo(after(minute));
	const gone = await unpublished();
	expect(gone).toEqual([
		{ environment: 'production', workflow: 'orders', name: 'ORDERS', since: after(minute) },
	]);
	moveTo(after(12 * minute));
	expect(await unpublished()).toEqual([]);
	listed = [summary('orders')];
	moveTo(after(13 * minute));
	await unpublished();
	expect(await createLiveWorkflowStore(room.database.pool).known('production')).toMatchObject([
		{ id: 'orders', goneAt: null },
	]);
});

it('says nothing of an engine that is away, so that what was told stays as it is', async () => {
	listed = [summary('orders')];
	isAway = true;
	const signals = watch();
	await expect(signals.missingWebhooks(all)).rejects.toMatchObject({ code: 'engine_unreachable' });
	isAway = false;
	expect(await signals.missingWebhooks(all)).toEqual([]);
});

it('finds waits whose time was over long ago, by workflow', async () => {
	const waits = { status: 'waiting', workflowId: 'orders' } as const;
	const fake = fakeEngine();
	fake.has(
		execution('7', { ...waits, resumesAt: after(-10 * minute).toISOString() }),
		execution('8', { ...waits, resumesAt: after(-9 * minute).toISOString() }),
		execution('9', { ...waits, resumesAt: after(-minute).toISOString() }),
		execution('10', waits),
	);
	engine.executions.list = fake.executions.list;
	expect(await watch().overdueWaits({ ...all, overdueMs: 5 * minute })).toEqual([
		{ environment: 'production', workflow: 'orders', name: null, runs: 2, oldest: '7' },
	]);
});
