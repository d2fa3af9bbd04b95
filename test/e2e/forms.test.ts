import type { Promotion } from '../../sidecar/contract/promotions';
import type { Version, VersionExport } from '../../sidecar/contract/versions';
import { callingWorkflow, node, subWorkflow } from '../support/n8n/workflows';
import { createWorkflow } from '../support/n8n/workflow-runs';
import { expectOk } from '../support/n8n/n8n-requests';
import { edit } from '../support/n8n/workflow-edits';
import { createCredential, fresh, openScene, slug, targetId, type Scene } from './promotion-scene';

jest.setTimeout(240_000);

let scene: Scene;
let source = '';
let target = '';
let mappings: { credentials: Record<string, string> };
let first: Promotion;

const get = async <T>(path: string): Promise<T> => expectOk(path, await scene.sidecar.api<T>(path));
const numbers = async (key: string) =>
	(await get<{ data: Version[] }>(`/workflows/${key}/versions`)).data.map(({ number }) => number);
const promote = async () =>
	await scene.operator.promote({
		environment: 'dev',
		workflowIds: [source],
		to: 'production',
		mappings,
	});

/** Calls another workflow and uses a credential, so that no id of it is the same in production. */
beforeAll(async () => {
	scene = await openScene();
	const { dev, production } = scene;
	const key = await createCredential(dev, fresh('Form key of dev'));
	const there = await createCredential(production, fresh('Form key of production'));
	mappings = { credentials: { [key.id]: there.id } };
	const child = await createWorkflow(dev, subWorkflow(fresh('Form child')));
	const name = fresh('Form parent');
	const body = callingWorkflow(name, slug(name), child.id);
	const call = node('Call out', 'n8n-nodes-base.httpRequest', 4.2, {
		url: 'http://127.0.0.1:1/never',
		authentication: 'genericCredentialType',
		genericAuthType: 'httpHeaderAuth',
		options: {},
	});
	body.nodes.push({ ...call, credentials: { httpHeaderAuth: key } });
	body.connections['Call'] = { main: [[{ node: 'Call out', type: 'main', index: 0 }]] };
	source = (await createWorkflow(dev, body)).id;
	first = await promote();
	target = await targetId(scene, first, name);
});
afterAll(async () => {
	await scene?.close();
});

it('a promoted workflow is the version that was promoted, with its number, digest and labels', async () => {
	expect(first.reason).toBeNull();
	const here = await scene.operator.snapshot('dev', source);
	await scene.sidecar.api(`/versions/${here.id}/labels`, {
		method: 'PUT',
		body: { labels: ['stable'] },
	});
	const there = await scene.operator.snapshot('production', target);
	expect(there).toEqual({ ...here, labels: ['stable'] });
	expect(await numbers(here.workflowKey)).toEqual([1]);
});

it('a release of it made in production has the digest of the one made in dev', async () => {
	const here = await scene.operator.release('dev', [source]);
	const there = await scene.operator.release('production', [target]);
	expect(there.digest).toBe(here.digest);
	const versions = ({ manifest }: typeof here) =>
		manifest.map(({ versionId, digest }) => ({ versionId, digest }));
	expect(versions(there)).toEqual(versions(here));
});

it('is exported with the ids of either place', async () => {
	const { id } = await scene.operator.snapshot('dev', source);
	const [from, to] = Object.entries(mappings.credentials)[0] ?? ['', ''];
	const here = await get<VersionExport>(`/versions/${id}/export`);
	const there = await get<VersionExport>(`/versions/${id}/export?environment=production`);
	expect([JSON.stringify(here).includes(from), JSON.stringify(here).includes(to)]).toEqual([
		true,
		false,
	]);
	expect([JSON.stringify(there).includes(from), JSON.stringify(there).includes(to)]).toEqual([
		false,
		true,
	]);
});

it('an edit made in production is a version of its own, and a roll-back leads to the old one again', async () => {
	const one = await scene.operator.snapshot('dev', source);
	await edit(scene.dev, source, () => ({ settings: { executionTimeout: 30 } }));
	const second = await promote();
	const two = await scene.operator.snapshot('production', target);
	expect(two.number).toBe(2);
	await scene.operator.rollBack(second.id);
	const back = await scene.operator.snapshot('production', target);
	// n8n keeps the setting with the value that means none, so only what it does is the same.
	expect([back.digest, back.number]).toEqual([one.digest, expect.any(Number)]);
	await edit(scene.production, target, () => ({ settings: { executionTimeout: 60 } }));
	const edited = await scene.operator.snapshot('production', target);
	expect(edited.number).toBeGreaterThan(2);
	expect(edited.environment).toBe('production');
});
