import type { VersionExport } from '../../../sidecar/contract/versions';
import type { WorkflowContent } from '../../../sidecar/engines/port/workflow';
import { fromExport, toExport } from '../../../sidecar/workflow-versions/export-document';
import { fingerprint } from '../../../sidecar/workflow-versions/fingerprint';
import { versionOf } from '../../corpus/round-trip';
import { agent, allFixtures, orderRouting, to, withNode } from './fixtures';

const exported = (content: WorkflowContent) =>
	JSON.parse(JSON.stringify(toExport(versionOf(content)))) as Record<string, unknown>;

describe('an export', () => {
	it('is n8n JSON with our manifest', () => {
		const document: VersionExport = { ...toExport(versionOf(orderRouting())) };
		expect(Object.keys(document)).toEqual(['name', 'nodes', 'connections', 'settings', 'meta']);
		expect(document.meta.orchestration).toEqual({
			format: 1,
			workflowKey: 'workflow',
			number: 1,
			digest: fingerprint(orderRouting()).digest,
		});
	});

	it.each(allFixtures())('comes out of an import with the same bytes: $name', (content) => {
		const text = JSON.stringify(toExport(versionOf({ ...content, description: 'Told' })));
		const { content: imported, claimed } = fromExport(JSON.parse(text));
		expect(JSON.stringify(toExport(versionOf(imported)))).toBe(text);
		expect(fingerprint(imported)).toEqual(fingerprint({ ...content, description: 'Told' }));
		expect(claimed).toMatchObject({ workflowKey: 'workflow', number: 1 });
	});

	it('may be moved about by hand', () => {
		const document = exported(withNode(orderRouting(), 'Book', { position: [401, 200] }));
		const { digest } = fingerprint(orderRouting());
		expect(fromExport(document).claimed?.digest).toBe(digest);
	});

	it('is refused when its behaviour was changed by hand', () => {
		const document = { ...exported(orderRouting()), settings: { executionOrder: 'v1' } };
		expect(() => fromExport(document)).toThrow(
			expect.objectContaining({ code: 'version_digest_mismatch' }) as Error,
		);
	});
});

describe('an import', () => {
	it('takes a workflow as the editor downloads it, without a claim', () => {
		const downloaded = {
			...agent(),
			pinData: {},
			active: false,
			versionId: 'x',
			meta: { instanceId: 'y', templateCredsSetupCompleted: true },
			id: 'abc',
			tags: [],
		};
		expect(fromExport(downloaded)).toEqual({ content: agent(), claimed: null });
	});

	it('takes one without settings', () => {
		const { settings: _, ...rest } = orderRouting();
		expect(fromExport(rest).content.settings).toEqual({});
		expect(fromExport({ ...rest, settings: null }).content.settings).toEqual({});
	});

	const claim = exported(orderRouting())['meta'] as { orchestration: object };
	const other = (change: object) => ({ ...orderRouting(), ...change });
	const deep = JSON.parse(`${'{"a":'.repeat(2000)}1${'}'.repeat(2000)}`) as object;

	it.each<[string, unknown, string]>([
		['nothing', null, ''],
		['a list', [], ''],
		['a text', 'workflow', ''],
		['no name', other({ name: undefined }), 'name'],
		['no nodes', other({ nodes: undefined }), 'nodes'],
		['nodes by name', other({ nodes: {} }), 'nodes'],
		['a node without a name', other({ nodes: [{ type: 'a.b' }] }), 'nodes[0].name'],
		['a node without a type', other({ nodes: [{ name: 'A', type: '' }] }), 'nodes[0].type'],
		[
			'parameters in a list',
			withNode(orderRouting(), 'Book', { parameters: [] as never }),
			'nodes[3].parameters',
		],
		[
			'a position of text',
			withNode(orderRouting(), 'Book', { position: ['0', 0] as never }),
			'nodes[3].position[0]',
		],
		['two nodes of one name', withNode(orderRouting(), 'Book', { name: 'Count' }), 'nodes[4].name'],
		[
			'a connection from nowhere',
			other({ connections: { Gone: { main: [] } } }),
			'connections.Gone',
		],
		[
			'a connection to nowhere',
			other({ connections: { 'Is large?': { main: [[], to('Book', 'Gone')] } } }),
			'connections["Is large?"].main[1][1].node',
		],
		[
			'a connection to no input',
			other({ connections: { Orders: { main: [[{ node: 'Book', type: 'main' }]] } } }),
			'connections.Orders.main[0][0].index',
		],
		['connections in a list', other({ connections: [] }), 'connections'],
		['settings of text', other({ settings: 'v1' }), 'settings'],
		[
			'a claim of another format',
			other({ meta: { orchestration: { ...claim.orchestration, format: 2 } } }),
			'meta.orchestration.format',
		],
		['a claim that is none', other({ meta: { orchestration: 'x' } }), 'meta.orchestration'],
		['a pit of braces', other({ settings: deep }), ''],
	])('is refused with the place: %s', (_, document, place) => {
		expect(() => fromExport(document)).toThrow(
			expect.objectContaining({ code: 'workflow_invalid', details: { place } }) as Error,
		);
	});
});
