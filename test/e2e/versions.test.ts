import { randomUUID } from 'node:crypto';
import type { Release, Version, VersionDiff, VersionExport } from '../../sidecar/contract/versions';
import { createWorkflow } from '../support/n8n/workflow-runs';
import { callingWorkflow, subWorkflow } from '../support/n8n/workflows';
import { edit } from '../support/n8n/workflow-edits';
import { editCode, fresh, openScene, refusal, slug, type Scene } from './promotion-scene';

jest.setTimeout(120_000);

let scene: Scene;

beforeAll(async () => {
	scene = await openScene();
});
afterAll(async () => {
	await scene?.close();
});

const get = async <T>(path: string, token?: string): Promise<T> => {
	const { ok, status, body } = await scene.sidecar.api<T>(path, token ? { token } : {});
	if (!ok) throw new Error(`${path} answered ${status}`);
	return body;
};
const codeOf = async (...ask: Parameters<Scene['sidecar']['api']>) => {
	const { status, code } = await refusal(scene.sidecar.api(...ask));
	return [status, code];
};
const imported = async (document: unknown) =>
	await scene.sidecar.api<Version>('/versions/import', { body: { document } });

describe('a version', () => {
	let workflowId: string;
	let first: Version;

	beforeAll(async () => {
		workflowId = (await createWorkflow(scene.dev, subWorkflow(fresh('Versioned')))).id;
		first = await scene.operator.snapshot('dev', workflowId, 'the first');
	});

	it('is the same one while the content is, however it was saved', async () => {
		await edit(scene.dev, workflowId, ({ nodes }) => ({ nodes: nodes.toReversed() }));
		const again = await scene.operator.snapshot('dev', workflowId, 'nothing new');
		expect(again).toEqual(first);
	});

	it('is another one when only the look changes, with the same digest', async () => {
		await edit(scene.dev, workflowId, ({ nodes }) => ({
			nodes: nodes.map((node) => ({
				...node,
				position: [node.position[0], 400] as const,
			})) as typeof nodes,
		}));
		const moved = await scene.operator.snapshot('dev', workflowId);
		expect(moved).toMatchObject({ number: 2, digest: first.digest });
		expect(moved.appearanceDigest).not.toBe(first.appearanceDigest);
		const diff = await get<VersionDiff>(`/versions/${first.id}/diff/${moved.id}`);
		expect(diff).toMatchObject({ sameBehaviour: true, connections: [], settings: [] });
	});

	it('is told from another one by node, connection and setting', async () => {
		await editCode(scene.dev, workflowId, 'return [{ json: { changed: true } }];');
		await edit(scene.dev, workflowId, ({ settings }) => ({
			settings: { ...settings, timezone: 'Europe/Berlin' },
			connections: {},
		}));
		const changed = await scene.operator.snapshot('dev', workflowId);
		const diff = await get<VersionDiff>(`/versions/${first.id}/diff/${changed.id}`);
		expect(diff).toMatchObject({
			from: first.id,
			to: changed.id,
			sameBehaviour: false,
			nodes: [
				{ name: 'Start', change: 'moved' },
				{ name: 'Work', change: 'changed', fields: [{ path: 'parameters.jsCode' }] },
			],
			connections: [{ change: 'removed', from: 'Start', to: 'Work' }],
			settings: [{ path: 'timezone', after: 'Europe/Berlin' }],
		});
		expect(diff.text).toContain('Work');
	});

	it('is listed with the others of its workflow, newest first', async () => {
		const { data } = await get<{ data: Version[] }>(`/workflows/${first.workflowKey}/versions`);
		expect(data.map(({ number }) => number)).toEqual([3, 2, 1]);
		expect(data.at(-1)).toEqual(first);
	});

	it('keeps its digest and its place when it goes out and comes in again', async () => {
		const file = await get<VersionExport>(`/versions/${first.id}/export`);
		const { status, body } = await imported(file);
		expect(status).toBe(201);
		expect(body).toMatchObject({ id: first.id, digest: first.digest, number: 1 });
		expect(await get(`/versions/${body.id}/export`)).toEqual(file);
		// It is n8n's own format.
		const { nodes, connections, settings } = file;
		const pasted = { name: fresh('Pasted'), nodes, connections, settings };
		const copy = await scene.dev.api<{ id: string }>('/workflows', { body: pasted });
		expect(copy.status).toBe(200);
		const { digest } = await scene.operator.snapshot('dev', copy.body.id);
		expect(digest).toBe(first.digest);
	});

	it('is refused when its file was tampered with, and taken as new without our mark', async () => {
		const file = await get<VersionExport>(`/versions/${first.id}/export`);
		const nodes = JSON.parse(JSON.stringify(file.nodes).replace('$input', '$other')) as unknown[];
		const tampered = { ...file, nodes };
		const document = { document: tampered };
		expect(await codeOf('/versions/import', { body: document })).toEqual([
			422,
			'version_digest_mismatch',
		]);
		const { meta: _, ...bare } = tampered;
		const { status, body } = await imported(bare);
		expect(status).toBe(201);
		expect(body).toMatchObject({ number: 1, environment: null, workflowId: null });
		expect(body.workflowKey).not.toBe(first.workflowKey);
	});

	it('is refused when it is no workflow', async () => {
		for (const document of [null, [], 'x', {}, { name: 'x', nodes: 'many' }]) {
			expect(await codeOf('/versions/import', { body: { document } })).toEqual([
				422,
				'workflow_invalid',
			]);
		}
	});

	it('that does not exist is not found', async () => {
		const none = [404, 'version_not_found'];
		expect(await codeOf(`/versions/${randomUUID()}`)).toEqual(none);
		expect(await codeOf(`/versions/${randomUUID()}/export`)).toEqual(none);
		expect(await codeOf(`/versions/${first.id}/diff/${randomUUID()}`)).toEqual(none);
		const body = { environment: 'dev', workflowId: 'nosuch' };
		expect(await codeOf('/versions', { body })).toEqual([404, 'workflow_not_found']);
	});
});

it('makes a release of workflows and all they call, leaves first, without what is gone', async () => {
	const [callee, caller] = [fresh('Callee'), fresh('Caller')];
	const calleeId = (await createWorkflow(scene.dev, subWorkflow(callee))).id;
	const body = callingWorkflow(caller, slug(caller), calleeId);
	body.settings = { ...body.settings, errorWorkflow: 'nosuchworkflow01' };
	const { id } = await createWorkflow(scene.dev, body);
	const release = await scene.operator.release('dev', [id]);
	expect(release.manifest.map(({ name, requested }) => [name, requested])).toEqual([
		[callee, false],
		[caller, true],
	]);
	expect(await get<Release>(`/releases/${release.id}`)).toEqual(release);
	expect(await codeOf(`/releases/${randomUUID()}`)).toEqual([404, 'release_not_found']);
	const missing = { environment: 'dev', workflowIds: [id, 'nosuch'] };
	expect(await codeOf('/releases', { body: missing })).toEqual([404, 'workflow_not_found']);
});

describe('a token for one environment', () => {
	const refused = [403, 'forbidden'];
	let here: Version;
	let elsewhere: Version;
	let promoted: Release;
	let unpromoted: Release;
	let token: string;

	beforeAll(async () => {
		const add = async (name: string) =>
			(await createWorkflow(scene.dev, subWorkflow(fresh(name)))).id;
		const [one, two] = [await add('Here'), await add('Elsewhere')];
		here = await scene.operator.snapshot('dev', one);
		elsewhere = await scene.operator.snapshot('dev', two);
		promoted = await scene.operator.release('dev', [one]);
		unpromoted = await scene.operator.release('dev', [two]);
		await scene.operator.promote({ releaseId: promoted.id, to: 'production' });
		const body = { name: fresh('token'), role: 'operator', environment: 'production' };
		token = (await scene.sidecar.api<{ token: string }>('/tokens', { body })).body.token;
	});

	it('reads the versions of workflows that live there, and no others', async () => {
		expect(await get(`/versions/${here.id}`, token)).toEqual(here);
		expect(await codeOf(`/versions/${elsewhere.id}`, { token })).toEqual(refused);
		expect(await codeOf(`/versions/${elsewhere.id}/export`, { token })).toEqual(refused);
		expect(await codeOf(`/versions/${here.id}/diff/${elsewhere.id}`, { token })).toEqual(refused);
		expect(await codeOf(`/versions/${elsewhere.id}/diff/${here.id}`, { token })).toEqual(refused);
		expect((await scene.sidecar.api(`/versions/${here.id}/export`, { token })).status).toBe(200);
	});

	it('lists the workflows that live there, and no others', async () => {
		type Listing = { data: Array<{ workflowKey: string; bindings: Record<string, string> }> };
		const { data } = await get<Listing>('/workflows', token);
		expect(data.map(({ workflowKey }) => workflowKey)).toEqual([here.workflowKey]);
		expect(Object.keys(data[0]?.bindings ?? {})).toEqual(['production']);
		const versionsOf = (key: string) => `/workflows/${key}/versions`;
		expect((await scene.sidecar.api(versionsOf(here.workflowKey), { token })).status).toBe(200);
		expect(await codeOf(versionsOf(elsewhere.workflowKey), { token })).toEqual(refused);
		expect(await codeOf(versionsOf('nosuch'), { token })).toEqual(refused);
	});

	it('reads the releases that were promoted to it, and no others', async () => {
		expect(await get(`/releases/${promoted.id}`, token)).toEqual(promoted);
		expect(await codeOf(`/releases/${unpromoted.id}`, { token })).toEqual(refused);
	});

	it('takes no versions and makes no releases elsewhere', async () => {
		const workflowId = here.workflowId ?? '';
		const body = { environment: 'dev', workflowId };
		expect(await codeOf('/versions', { body, token })).toEqual(refused);
		const release = { environment: 'dev', workflowIds: [workflowId] };
		expect(await codeOf('/releases', { body: release, token })).toEqual(refused);
		const file = await get<VersionExport>(`/versions/${here.id}/export`);
		expect(await codeOf('/versions/import', { body: { document: file }, token })).toEqual(refused);
	});
});
