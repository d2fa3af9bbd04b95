import type { DriftFinding, DriftReport } from '../../sidecar/contract/drift';
import type { DriftEvent } from '../../sidecar/drift/drift-ports';
import { rememberingPrints } from '../../sidecar/drift/prints';
import { nextRun } from '../../sidecar/drift/schedule';
import { findEnvironment } from '../../sidecar/environments/find-environment';
import { driftRoutes } from '../../sidecar/http/drift-routes';
import { scanEnvironments } from '../../sidecar/jobs/scan-drift';
import { systemClock } from '../../sidecar/kernel/clock';
import { newId } from '../../sidecar/kernel/ids';
import { createLog } from '../../sidecar/monitoring/log';
import { createDriftStore } from '../../sidecar/storage/drift-store';
import { createVersionStore } from '../../sidecar/storage/version-store';
import { keepVersion } from '../../sidecar/workflow-versions/snapshot';
import { openHttpRoom, type HttpRoom, type RoomParts } from '../support/http/http-room';
import type { N8nConnection } from '../support/n8n/n8n-connection';
import { expectOk } from '../support/n8n/n8n-requests';
import { sharedN8n } from '../support/n8n/shared-n8n';
import { until } from '../support/n8n/until';
import { edit, read } from '../support/n8n/workflow-edits';
import { createWorkflow, publish, type StoredWorkflow } from '../support/n8n/workflow-runs';
import { codeNode, webhookWorkflow } from '../support/n8n/workflows';
import { createCredential, fresh, slug } from './promotion-scene';

jest.setTimeout(240_000);

let room: HttpRoom;
let n8n: N8nConnection;
let job: ReturnType<typeof scanEnvironments>;
const events: DriftEvent[] = [];
const root = '/api/v1/environments/dev/drift';

function routesOn({ pool, environments, engineOf }: RoomParts) {
	const versions = createVersionStore(pool);
	const ports = {
		drift: createDriftStore(pool),
		environmentOf: async (name: string) => await findEnvironment(environments, name),
		engineOf,
		versions,
		keepVersion: async (
			...[request, workflow]: Parameters<typeof keepVersion> extends [unknown, ...infer Rest]
				? Rest
				: never
		) => await keepVersion({ versions, clock: systemClock, newId }, request, workflow),
		promotionUnderWay: async () => await Promise.resolve(null),
		pausesIn: async () => await Promise.resolve(new Map<string, string>()),
		putBack: async () => await Promise.reject(new Error('not here')),
		emit: async (event: DriftEvent) => {
			events.push(event);
			await Promise.resolve();
		},
		nextRun,
		defaultSchedule: '*/15 * * * *',
		graphPrintOf: rememberingPrints(),
		clock: systemClock,
	};
	const log = createLog({ level: 'silent' });
	job = scanEnvironments({ ...ports, environments: async () => await environments.list(), log });
	const idle = { stepsOf: async () => await Promise.resolve([]), drive: () => undefined };
	return driftRoutes({ ...ports, ...idle });
}

beforeAll(async () => {
	n8n = await sharedN8n('dev');
	room = await openHttpRoom({ routesOn });
	const access = { engine: 'n8n', baseUrl: n8n.baseUrl, apiKey: n8n.apiKey, stage: 'dev' };
	await room.call('PUT /api/v1/environments/dev', { body: access });
}, 240_000);
afterAll(async () => {
	await room?.close();
});

const look = async () => (await room.call(`GET ${root}?limit=200`)).body as unknown as DriftReport;
const adopt = async (workflow: string) => {
	const answer = await room.call(`POST ${root}/adopt`, { body: { workflow } });
	expect(answer.status).toBe(200);
};
const send = async (path: string, method = 'POST', body: object = {}) => {
	expectOk(path, await n8n.api(`/workflows/${path}`, { method, body }));
};

/** Edits the draft, and publishes it. */
const live =
	(change: (workflow: StoredWorkflow) => Partial<StoredWorkflow>) => async (id: string) => {
		await edit(n8n, id, change);
		await publish(n8n, id);
	};
const work = (more: object) =>
	live(({ nodes }) => ({
		nodes: nodes.map((each) => (each.name === 'Work' ? { ...each, ...more } : each)),
	}));
const draftOf = (more: object) => async (id: string) => {
	await edit(n8n, id, ({ nodes }) => ({
		nodes: nodes.map((each) => (each.name === 'Work' ? { ...each, ...more } : each)),
	}));
};
const settings = (more: object) => async (id: string) => {
	await edit(n8n, id, (workflow) => ({ settings: { ...workflow.settings, ...more } }));
};

let credentials: Array<{ id: string; name: string }>;
const using = (index: number) => ({ httpHeaderAuth: credentials[index] });

const changes: Array<[DriftFinding['kind'], string, (id: string) => Promise<unknown>]> = [
	['live', 'other code', work({ parameters: { jsCode: 'return 2;' } })],
	['live', 'a node disabled', work({ disabled: true })],
	['live', 'a retry', work({ retryOnFail: true })],
	['live', 'an error path', work({ onError: 'continueRegularOutput' })],
	[
		'live',
		'a node more',
		live(({ nodes }) => ({ nodes: [...nodes, codeNode('More', 'return 1;')] })),
	],
	['live', 'a wire cut', live(() => ({ connections: {} }))],
	[
		'live',
		'another path',
		live(({ nodes }) => ({
			nodes: nodes.map((each) =>
				each.type.endsWith('.webhook')
					? { ...each, parameters: { ...each.parameters, path: slug(fresh('moved')) } }
					: each,
			),
		})),
	],
	['credentials', 'a credential rebound', async (id) => await work({ credentials: using(1) })(id)],
	[
		'credential-gone',
		'a credential deleted',
		async () => await n8n.api(`/credentials/${credentials[2]?.id}`, { method: 'DELETE' }),
	],
	['look', 'a node moved', work({ position: [640, 640] })],
	['look', 'a note', work({ notes: 'look here' })],
	['draft', 'an edit not published', draftOf({ parameters: { jsCode: 'return 3;' } })],
	['draft', 'a draft moved', draftOf({ position: [7, 7] })],
	['settings', 'a time zone', settings({ timezone: 'Asia/Tokyo' })],
	['settings', 'a time limit', settings({ executionTimeout: 33 })],
	['name', 'another name', async (id) => await edit(n8n, id, () => ({ name: fresh('Renamed') }))],
	[
		'tags',
		'a tag',
		async (id) => {
			const { body } = await n8n.api<{ id: string }>('/tags', {
				body: { name: newId().slice(-20) },
			});
			await send(`${id}/tags`, 'PUT', [{ id: body.id }]);
		},
	],
	['unpublished', 'unpublished', async (id) => await send(`${id}/unpublish`)],
	['archived', 'archived', async (id) => await send(`${id}/archive`)],
	[
		'deleted',
		'deleted',
		async (id) => {
			await send(`${id}/unpublish`);
			// n8n says that it is unpublished before it is.
			await until('n8n to delete it', async () => {
				const { ok } = await n8n.api(`/workflows/${id}`, { method: 'DELETE' });
				return ok || undefined;
			});
		},
	],
	['published', 'a draft published', async (id) => await publish(n8n, id)],
];

async function inTurns<T>(items: T[], workOn: (item: T, index: number) => Promise<unknown>) {
	const waiting = [...items.entries()];
	const turn = async () => {
		for (let next = waiting.shift(); next; next = waiting.shift()) await workOn(next[1], next[0]);
	};
	await Promise.all([turn(), turn(), turn(), turn()]);
}

it('finds 21 kinds of change in one scan, after 200 saves without a change that it did not', async () => {
	credentials = await Promise.all(
		[0, 1, 2].map(async () => await createCredential(n8n, fresh('Key'))),
	);
	const ids: string[] = [];
	await inTurns(changes, async ([kind], index) => {
		const name = fresh('Drifting');
		const body = webhookWorkflow({ name, path: slug(name), code: 'return 1;' });
		const uses = kind === 'credentials' ? 0 : kind === 'credential-gone' ? 2 : null;
		const nodes = body.nodes.map((each) =>
			each.name === 'Work' && uses !== null ? { ...each, credentials: using(uses) } : each,
		);
		const { id } = await createWorkflow(n8n, { ...body, nodes } as typeof body);
		if (kind !== 'published') await publish(n8n, id);
		ids[index] = id;
	});
	for (const id of ids) await adopt(id);

	await inTurns(
		Array.from({ length: 200 }, (_, index) => ids[index % ids.length] ?? ''),
		async (id) => await edit(n8n, id, () => ({})),
	);
	expect((await look()).data).toEqual([]);
	expect(events).toEqual([]);

	await inTurns(changes, async ([, , change], index) => await change(ids[index] ?? ''));
	const report = await look();
	const found = ids.map((id) => report.data.filter((each) => each.workflowId === id));
	expect(found.map((each) => each.map(({ kind }) => kind))).toEqual(
		changes.map(([kind]) => [kind]),
	);
	expect(report.inSync).toBe(false);
	const [code] = found[0] ?? [];
	expect(code).toMatchObject({ weight: 'behaviour', accepted: null });
	expect(code?.diff).toContain('return 2;');
	expect(code?.author).toBeTruthy();
	expect(events).toMatchObject([{ type: 'drift.found', environment: 'dev' }]);
	expect(events[0]?.data['findings']).toHaveLength(changes.length);

	// Nothing has moved, so nobody is told again.
	const again = await look();
	expect(again.data.map(({ since }) => since)).toEqual(report.data.map(({ since }) => since));
	expect(events).toHaveLength(1);
});

it('lets a drift be until a date, hears of it again when it changes, and when it is gone', async () => {
	const name = fresh('Accepted');
	const body = webhookWorkflow({ name, path: slug(name), code: 'return 1;' });
	const { id } = await createWorkflow(n8n, body);
	await publish(n8n, id);
	await adopt(id);
	const old = (await read(n8n, id)).activeVersion?.versionId;
	await work({ parameters: { jsCode: 'return 2;' } })(id);
	await look();
	const acceptance = { workflow: id, until: '2099-01-01T00:00:00.000Z', reason: 'hotfix' };
	const accepted = await room.call(`POST ${root}/accept`, { body: acceptance });
	expect(accepted.body.data).toMatchObject([{ kind: 'live', accepted: { reason: 'hotfix' } }]);
	const past = { ...acceptance, until: '2001-01-01T00:00:00.000Z' };
	expect((await room.call(`POST ${root}/accept`, { body: past })).status).toBe(400);

	events.length = 0;
	await look();
	expect(events).toEqual([]);
	await work({ parameters: { jsCode: 'return 3;' } })(id);
	const own = (await look()).data.filter((each) => each.workflowId === id);
	expect(own).toMatchObject([{ accepted: null }]);
	expect(events).toMatchObject([{ type: 'drift.found' }]);

	await work({ parameters: { jsCode: 'return 1;' } })(id);
	expect((await read(n8n, id)).activeVersion?.versionId).not.toBe(old);
	expect((await look()).data.filter((each) => each.workflowId === id)).toEqual([]);
	expect(events[1]).toMatchObject({ type: 'drift.gone', data: { findings: [{ kind: 'live' }] } });
});

it('refuses to adopt what is not what was looked at, and takes nothing for granted', async () => {
	const name = fresh('Adopted');
	const { id } = await createWorkflow(n8n, webhookWorkflow({ name, path: slug(name) }));
	await publish(n8n, id);
	const { unmanaged } = await look();
	expect(unmanaged.length).toBeGreaterThan(0);
	const { revision } = (await room.call(`GET /api/v1/environments/dev/workflows/${id}`)).body;
	await settings({ timezone: 'Asia/Tokyo' })(id);
	const body = { workflow: id, basedOn: revision };
	const answer = await room.call(`POST ${root}/adopt`, { body });
	expect(answer).toMatchObject({ status: 409, body: { code: 'drift_moved' } });
	for (const action of ['accept', 'revert'] as const) {
		const more = action === 'accept' ? { until: '2099-01-01T00:00:00Z', reason: 'r' } : {};
		const refused = await room.call(`POST ${root}/${action}`, { body: { workflow: id, ...more } });
		expect(refused).toMatchObject({ status: 404, body: { code: 'drift_not_found' } });
	}
});

it('expects nothing more of a workflow whose end was adopted', async () => {
	const gone = (await look()).data.find(({ kind }) => kind === 'deleted');
	expect(gone).toBeDefined();
	await adopt(gone?.workflowKey ?? '');
	expect((await look()).data.map(({ workflowKey }) => workflowKey)).not.toContain(
		gone?.workflowKey,
	);
});

it('looks by its schedule, ignores what belongs to the environment, and says why it cannot look', async () => {
	const rule = { schedule: '*/5 * * * *', ignored: ['tags', 'look'] };
	expect((await room.call(`PUT ${root}/rule`, { body: rule })).body).toEqual(rule);
	expect((await room.call(`GET ${root}/rule`)).body).toEqual(rule);
	const wrong = { ...rule, schedule: '* * * * * *' };
	expect((await room.call(`PUT ${root}/rule`, { body: wrong })).status).toBe(400);
	const kept = async () => (await room.call(`GET ${root}?fresh=false&limit=200`)).body;
	const before = (await kept())['scannedAt'];
	await job.run();
	expect((await kept())['scannedAt']).toBe(before);

	await room.pool.query(`update drift_scans set next_at = now() - interval '1 second'`);
	await job.run();
	const after = await kept();
	expect(after['scannedAt']).not.toBe(before);
	const kinds = after.data.map(({ kind }) => kind);
	expect(kinds).not.toContain('tags');
	expect(kinds).toContain('settings');

	await room.call('PUT /api/v1/environments/dev', {
		body: { engine: 'n8n', baseUrl: n8n.baseUrl, apiKey: 'wrong', stage: 'dev' },
	});
	await room.pool.query(`update drift_scans set next_at = now() - interval '1 second'`);
	await job.run();
	expect(String((await kept())['lastError'])).toContain('key');
});
