import type { WorkflowContent } from '../../../sidecar/engines/port/workflow';
import { rebind, type Rebinding } from '../../../sidecar/workflow-versions/rebind';
import { findReferences } from '../../../sidecar/workflow-versions/references';
import { findStrayIds } from '../../../sidecar/workflow-versions/stray-ids';
import { planted, randomId, seeded } from '../../corpus/planting';
import { allFixtures, callingOthers, orderRouting, withNode } from './fixtures';

const target = (id: string) => ({ id: `${id}-live`, name: `${id} live` });

/** Maps everything that can be mapped. */
function everything(): Rebinding {
	const tables: Rebinding = { credentials: {}, workflows: {} };
	for (const reference of allFixtures().flatMap(findReferences)) {
		if (reference.kind === 'workflow') tables.workflows[reference.id] = target(reference.id);
		if (reference.kind === 'credential' && reference.id !== null) {
			tables.credentials[reference.id] = target(reference.id);
		}
	}
	return tables;
}

const parametersOf = (content: WorkflowContent, name: string) =>
	content.nodes.find((node) => node.name === name)?.parameters;

describe('rebinding', () => {
	it('points each credential at its counterpart and names it', () => {
		const { nodes } = rebind(orderRouting(), everything());
		expect(nodes.find(({ name }) => name === 'Book')?.credentials).toEqual({
			httpHeaderAuth: { id: 'ErpCred000000001-live', name: 'ErpCred000000001 live' },
		});
	});

	it('keeps the way a workflow was chosen and drops the address of the source', () => {
		const rebound = rebind(callingOthers(), everything());
		expect(parametersOf(rebound, 'Old call')).toEqual({
			workflowId: 'OldStyleFlow0001-live',
			mode: 'each',
		});
		expect(parametersOf(rebound, 'Call')?.['workflowId']).toEqual({
			__rl: true,
			mode: 'list',
			value: 'ListedFlow000001-live',
			cachedResultName: 'ListedFlow000001 live',
		});
		expect(parametersOf(rebound, 'Publish')?.['workflowId']).toMatchObject({
			mode: 'id',
			value: 'ListedFlow000001-live',
		});
	});

	it('reaches settings and workflows carried as JSON', () => {
		const rebound = rebind(callingOthers(), everything());
		expect(rebound.settings).toMatchObject({
			errorWorkflow: 'ErrorFlow0000001-live',
			callerIds: 'CallerB000000001-live,CallerA000000001-live',
		});
		const carried = parametersOf(rebound, 'Carried')?.['workflowJson'];
		expect(JSON.parse(String(carried))).toMatchObject({
			nodes: [
				{ parameters: { workflowId: 'OldStyleFlow0001-live' } },
				{ credentials: { gmailOAuth2: { id: 'MailCred00000001-live' } } },
			],
			connections: {},
		});
	});

	it.each(allFixtures())('leaves nothing behind and its input untouched: $name', (content) => {
		const before = structuredClone(content);
		const ids = findReferences(rebind(content, everything())).flatMap((reference) =>
			(reference.kind === 'workflow' || reference.kind === 'credential') && reference.id
				? [reference.id]
				: [],
		);
		for (const id of ids) expect(id).toMatch(/-live$/);
		expect(content).toEqual(before);
	});

	it.each(allFixtures())('changes nothing when nothing is mapped: $name', (content) => {
		expect(rebind(content, { credentials: {}, workflows: {} })).toEqual(content);
	});

	it('does not take a name every object has for a mapped id', () => {
		const content = { ...orderRouting(), settings: { errorWorkflow: 'constructor' } };
		expect(rebind(content, { credentials: {}, workflows: {} })).toEqual(content);
	});
});

describe('stray ids', () => {
	const known = ['ListedFlow000001', 'ErpCred000000001', '7'];
	const strayIn = (jsCode: string) =>
		findStrayIds(withNode(callingOthers(), 'Link', { parameters: { jsCode } }), known);

	it('are found in code, not in the fields made for ids', () => {
		expect(findStrayIds(callingOthers(), known)).toEqual([
			{ id: 'ListedFlow000001', place: 'nodes[Link].parameters.jsCode', cosmetic: false },
		]);
		expect(findStrayIds(orderRouting(), known)).toEqual([]);
	});

	it('are found in expressions, addresses and settings', () => {
		const content = withNode(orderRouting(), 'Book', {
			parameters: {
				url: 'https://dev.example/workflow/ListedFlow000001?x=1',
				body: { parameters: [{ value: "={{ $vars.x + 'ErpCred000000001' }}" }] },
			},
		});
		const settings = { ...content.settings, note: 'see ListedFlow000001' };
		expect(findStrayIds({ ...content, settings }, known)).toEqual([
			{ id: 'ListedFlow000001', place: 'nodes[Book].parameters.url', cosmetic: false },
			{
				id: 'ErpCred000000001',
				place: 'nodes[Book].parameters.body.parameters[0].value',
				cosmetic: false,
			},
			{ id: 'ListedFlow000001', place: 'settings.note', cosmetic: false },
		]);
	});

	it('are found in an expression that stands where an id could', () => {
		const content = withNode(callingOthers(), 'Chosen', {
			parameters: {
				workflowId: { __rl: true, mode: 'id', value: "={{ $json.a ? 'ListedFlow000001' : 'b' }}" },
			},
		});
		expect(findStrayIds(content, known)).toContainEqual({
			id: 'ListedFlow000001',
			place: 'nodes[Chosen].parameters.workflowId.value',
			cosmetic: false,
		});
	});

	it('count only as whole words', () => {
		expect(strayIn('const a = "xListedFlow000001";')).toEqual([]);
		expect(strayIn('const a = "ListedFlow0000012";')).toEqual([]);
		expect(strayIn('flow_ListedFlow000001')).toHaveLength(1);
	});

	it('count, when short, only inside an address', () => {
		expect(strayIn('const seven = 7;')).toEqual([]);
		expect(strayIn('open("http://dev.example/workflow/7")')).toHaveLength(1);
	});

	it('are found wherever they are planted, and told as cosmetic where nothing runs', () => {
		const random = seeded(20310401);
		const missed: string[] = [];
		for (const content of allFixtures()) {
			for (let each = 0; each < 200; each += 1) {
				const id = randomId(random);
				const sown = planted(content, id, random);
				const named = findReferences(sown.content).some((reference) =>
					JSON.stringify(reference).includes(id),
				);
				if (!named && findStrayIds(sown.content, [id]).length === 0) missed.push(sown.place);
			}
		}
		expect(missed).toEqual([]);
		const noted = withNode(orderRouting(), 'Count', { notes: 'see ListedFlow000001' });
		expect(findStrayIds(noted, known)).toEqual([
			{ id: 'ListedFlow000001', place: 'nodes[Count].notes', cosmetic: true },
		]);
	});

	it('count with their dashes, as numbers and as keys, and not inside longer words', () => {
		const table = '0198c0de-1111-7000-8000-000000000001';
		const content = withNode(orderRouting(), 'Count', {
			parameters: { text: `id-${table}.`, other: `a${table}`, [table]: 1, number: 1234567890 },
		});
		expect(findStrayIds(content, [table, '1234567890']).map(({ place }) => place)).toEqual([
			'nodes[Count].parameters.text',
			`nodes[Count].parameters.${table}`,
			'nodes[Count].parameters.number',
		]);
	});
});
