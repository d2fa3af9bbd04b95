import type { ChildResult, Join, JoinedBody, JoinRequest } from '../../sidecar/contract/joins';
import type { N8nConnection } from '../support/n8n/n8n-connection';
import { sharedN8n } from '../support/n8n/shared-n8n';
import { until } from '../support/n8n/until';
import { createWorkflow, publish } from '../support/n8n/workflow-runs';
import { subWorkflow } from '../support/n8n/workflows';
import { freshDatabase, type FreshDatabase } from '../support/postgres/fresh-database';
import { operatorOf } from '../support/sidecar/operator';
import { type SidecarProcess, startSidecar } from '../support/sidecar/sidecar-process';
import { goLiveWaiting, startTelling, toldTo } from './parked-workflow';

jest.setTimeout(240_000);

let database: FreshDatabase;
let sidecar: SidecarProcess;
let n8n: N8nConnection;
let child: string;

beforeAll(async () => {
	n8n = await sharedN8n('dev');
	database = await freshDatabase();
	sidecar = await startSidecar({ databaseUrl: database.connectionString });
	await operatorOf(sidecar).register('dev', n8n, { deadLetters: { autoReplay: false } });
	await goLiveWaiting(n8n, 'joined', { tellsCaller: true });
	child = await publishedChild('Child of joins');
});
afterAll(async () => {
	await sidecar?.stop();
	await database?.drop();
});

/** Takes as long, and fails, as its item says. */
async function publishedChild(name: string): Promise<string> {
	const code = `const { ms = 0, fails = false, n } = $input.first().json;
		await new Promise((resolve) => setTimeout(resolve, ms));
		if (fails) throw new Error('child ' + n + ' fails');
		return [{ json: { n, squared: n * n } }];`;
	const { id } = await createWorkflow(n8n, subWorkflow(name, code));
	await publish(n8n, id);
	return id;
}
const childrenOf = (...items: Array<Record<string, unknown>>) =>
	items.map((json, n) => ({ items: [{ json: { n, ...json } }] }));
async function start(request: Partial<JoinRequest> & Pick<JoinRequest, 'children'>) {
	const waiting = await startTelling(n8n, 'joined');
	const body = {
		environment: 'dev',
		workflow: child,
		parent: { ...waiting, nodeId: 'gate', visit: 0 },
		...request,
	};
	const answer = await sidecar.api<Join>('/joins', { body });
	expect(answer.status).toBe(202);
	return { join: answer.body, body, parentId: waiting.executionId };
}
const told = async (parentId: string) =>
	await until(
		`execution ${parentId} to be told`,
		async () => {
			const after = await toldTo(n8n, parentId);
			if (!after) return undefined;
			expect(after.runs).toBe(1);
			return (after.told as JoinedBody).result;
		},
		{ deadlineMs: 120_000, explain: () => sidecar.log().slice(-3000) },
	);
const allOver = async (id: string) =>
	await until('the ledger to be done with the children', async () => {
		const { rows } = await database.pool.query<{ status: string }>(
			`select executions.status from executions where executions.group_id = $1
				and executions.status not in ('succeeded', 'failed', 'canceled')`,
			[id],
		);
		return rows.length === 0 || undefined;
	});

it('wakes the parent once with all results in the order of the request', async () => {
	const items = childrenOf({ ms: 400 }, {}, { fails: true }, {}, {});
	const { join, body, parentId } = await start({
		children: items,
		atOnce: 3,
		policy: { mode: 'collect' },
	});
	const again = await sidecar.api<Join>('/joins', { body });
	expect([again.status, again.body.id]).toEqual([200, join.id]);
	const result = await told(parentId);
	expect(result).toMatchObject({
		joinId: join.id,
		state: 'succeeded',
		counts: { total: 5, succeeded: 4, failed: 1, cancelled: 0, waiting: 0, running: 0 },
	});
	expect(result.children?.map(({ index, state }) => [index, state])).toEqual([
		[0, 'succeeded'],
		[1, 'succeeded'],
		[2, 'failed'],
		[3, 'succeeded'],
		[4, 'succeeded'],
	]);
	expect(result.children?.[3]?.items).toEqual([{ json: { n: 3, squared: 9 } }]);
	expect(result.children?.[2]?.error?.message).toContain('child 2 fails');
	const pages: ChildResult[] = [];
	for (let cursor = ''; ;) {
		const page = await sidecar.api<{ data: ChildResult[]; nextCursor: string | null }>(
			`/joins/${join.id}/results?limit=2${cursor && `&cursor=${cursor}`}`,
		);
		pages.push(...page.body.data);
		if (page.body.nextCursor === null) break;
		cursor = page.body.nextCursor;
	}
	expect(pages).toEqual(result.children);
	// What became of a child is the parent's business: no letter lies about it.
	expect(
		(await sidecar.api<{ data: unknown[] }>(`/dead-letters?workflowId=${child}`)).body.data,
	).toEqual([]);
});

it('runs a child again that failed, as often as it may, and gives the parent the last word', async () => {
	const { parentId } = await start({
		children: childrenOf({ fails: true }),
		retry: { attempts: 2, baseDelayMs: 10, on: ['unknown', 'bug', 'transient'] },
	});
	expect(await told(parentId)).toMatchObject({
		state: 'failed',
		children: [{ state: 'failed', attempts: 2 }],
	});
});

it('cancels what is left as soon as the answer is known', async () => {
	const { join, parentId } = await start({
		children: childrenOf({}, { ms: 60_000 }, { ms: 60_000 }, {}),
		atOnce: 2,
		policy: { mode: 'first' },
	});
	const { state, counts, children } = await told(parentId);
	expect(state).toBe('succeeded');
	expect(counts).toMatchObject({ succeeded: 1, failed: 0, cancelled: 3 });
	expect(children?.[0]).toMatchObject({ state: 'succeeded', items: [{ json: { n: 0 } }] });
	await allOver(join.id);
});

it('stops a child at its deadline, which begins when the child does', async () => {
	const { parentId } = await start({
		children: childrenOf({ ms: 60_000 }, {}),
		atOnce: 1,
		policy: { mode: 'collect' },
		childDeadlineMs: 3_000,
	});
	expect(await told(parentId)).toMatchObject({
		children: [{ state: 'failed' }, { state: 'succeeded' }],
	});
});

it('ends at its own deadline with what there is, and by hand', async () => {
	const late = await start({
		children: childrenOf({}, { ms: 60_000 }),
		policy: { mode: 'quorum', quorum: 2 },
		deadlineMs: 4_000,
	});
	const given = await start({ children: childrenOf({ ms: 60_000 }) });
	const cancelled = await sidecar.api<Join>(`/joins/${given.join.id}/cancel`, { method: 'POST' });
	expect(cancelled).toMatchObject({ status: 200, body: { state: 'cancelled' } });
	expect(await told(given.parentId)).toMatchObject({
		state: 'cancelled',
		children: [{ state: 'cancelled' }],
	});
	expect(await told(late.parentId)).toMatchObject({
		state: 'failed',
		counts: { succeeded: 1, cancelled: 1 },
	});
	await allOver(late.join.id);
});

it('loses and doubles nothing when the sidecar is killed on the way', async () => {
	const workflow = await publishedChild('Child of a join that is cut off');
	const { join, parentId } = await start({
		workflow,
		children: childrenOf(...Array.from({ length: 20 }, () => ({ ms: 300 }))),
		atOnce: 4,
	});
	await until('some to have ended', async () => {
		const { body } = await sidecar.api<Join>(`/joins/${join.id}`);
		return body.children.succeeded >= 3 || undefined;
	});
	await sidecar.kill();
	await sidecar.restart();
	const result = await told(parentId);
	expect(result).toMatchObject({ state: 'succeeded', counts: { total: 20, succeeded: 20 } });
	expect(result.children?.map(({ items }) => items[0]?.json['squared'])).toEqual(
		Array.from({ length: 20 }, (_, n) => n * n),
	);
	const ran = await n8n.api<{ data: unknown[] }>(`/executions?workflowId=${workflow}&limit=250`);
	expect(ran.body.data).toHaveLength(20);
});

it('refuses a workflow that is unknown or not published', async () => {
	const draft = await createWorkflow(n8n, subWorkflow('Unpublished child of joins'));
	const parent = { executionId: '1', resumeToken: 'none', nodeId: 'gate', visit: 0 };
	for (const [workflow, status] of [
		['nowhere', 404],
		[draft.id, 422],
	] as const) {
		const body = { environment: 'dev', workflow, children: [{ items: [] }], parent };
		expect((await sidecar.api('/joins', { body })).status).toBe(status);
	}
});
