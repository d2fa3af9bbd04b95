import type { VersionDiff } from '../../../sidecar/contract/versions';
import type { WorkflowContent } from '../../../sidecar/engines/port/workflow';
import { diffContents } from '../../../sidecar/workflow-versions/diff';
import { agent, allFixtures, callingOthers, node, orderRouting, to, withNode } from './fixtures';

const book = (content: WorkflowContent) => content.nodes.find(({ name }) => name === 'Book');

/** Order routing with other parameters of the request to the ERP. */
function booking(parameters: Record<string, unknown>): WorkflowContent {
	const content = orderRouting();
	return withNode(content, 'Book', { parameters: { ...book(content)?.parameters, ...parameters } });
}

describe('a diff', () => {
	it('has the shape of the wire', () => {
		const wire: Omit<VersionDiff, 'from' | 'to'> = diffContents(orderRouting(), orderRouting());
		expect(wire).toEqual({
			sameBehaviour: true,
			nodes: [],
			connections: [],
			settings: [],
			text: 'no changes',
		});
	});

	it('names each changed field with its value before and after', () => {
		const diff = diffContents(
			orderRouting(),
			booking({ url: 'https://erp.example/v2/orders', options: { timeout: 9000, proxy: 'p' } }),
		);
		expect(diff.sameBehaviour).toBe(false);
		expect(diff.nodes).toEqual([
			{
				name: 'Book',
				change: 'changed',
				fields: [
					{
						path: 'parameters.url',
						before: 'https://erp.example/orders',
						after: 'https://erp.example/v2/orders',
					},
					{ path: 'parameters.options.timeout', before: 5000, after: 9000 },
					{ path: 'parameters.options.proxy', before: undefined, after: 'p' },
				],
			},
		]);
		expect(diff.text).toBe(
			[
				'~ Book: parameters.url "https://erp.example/orders" → "https://erp.example/v2/orders"',
				'~ Book: parameters.options.timeout 5000 → 9000',
				'~ Book: parameters.options.proxy (none) → "p"',
			].join('\n'),
		);
	});

	it('compares lists by index', () => {
		const hours = (...list: number[]) => ({
			...orderRouting(),
			nodes: [node('Cron', 'n8n-nodes-base.cron', { parameters: { hours: list } })],
			connections: {},
		});
		const [change] = diffContents(hours(6, 12), hours(6, 18, 20)).nodes;
		expect(change?.fields).toEqual([
			{ path: 'parameters.hours[1]', before: 12, after: 18 },
			{ path: 'parameters.hours[2]', before: undefined, after: 20 },
		]);
	});

	it('shows nodes that came and went, and their connections', () => {
		const before = orderRouting();
		const after: WorkflowContent = {
			...before,
			nodes: [
				...before.nodes.filter(({ name }) => name !== 'Count'),
				node('Wait', 'n8n-nodes-base.wait', { parameters: { amount: 5 } }),
			],
			connections: {
				Orders: { main: [to('Is large?')] },
				'Is large?': { main: [to('Ask a person'), to('Book')] },
				Book: { main: [to('Wait')] },
			},
		};
		const diff = diffContents(before, after);
		expect(diff.nodes.map(({ name, change }) => [name, change])).toEqual([
			['Count', 'removed'],
			['Wait', 'added'],
		]);
		expect(diff.connections).toEqual([
			{ change: 'removed', from: 'Is large?', to: 'Count', type: 'main' },
			{ change: 'added', from: 'Book', to: 'Wait', type: 'main' },
		]);
		expect(diff.text.split('\n')).toEqual([
			'- Count (n8n-nodes-base.noOp)',
			'+ Wait (n8n-nodes-base.wait)',
			'- Is large? → Count',
			'+ Book → Wait',
		]);
	});

	it.each([
		['by its id', { id: 'a4' }],
		['by what it does when ids are new', { id: 'copied' }],
	])('follows a renamed node %s, its connections too', (_, fields) => {
		const before = orderRouting();
		const renamed = withNode(before, 'Book', { ...fields, name: 'Book in ERP' });
		const after = {
			...renamed,
			connections: {
				...renamed.connections,
				'Is large?': { main: [to('Ask a person', 'Count'), to('Book in ERP')] },
			},
		};
		expect(diffContents(before, after)).toMatchObject({
			sameBehaviour: false,
			nodes: [{ name: 'Book in ERP', change: 'changed', renamedFrom: 'Book', fields: [] }],
			connections: [],
			text: '~ Book in ERP: renamed from "Book"',
		});
	});

	it('sets apart what only looks different', () => {
		const content = orderRouting();
		const moved = withNode(content, 'Book', { position: [420, 220], notes: 'ask Ann' });
		expect(diffContents(content, { ...moved, name: 'Orders v2' })).toMatchObject({
			sameBehaviour: true,
			nodes: [{ name: 'Book', change: 'moved', fields: [] }],
			text: '· name: "Order routing" → "Orders v2"\n· Book: only looks different',
		});
		expect(diffContents(content, { ...content, description: 'x' }).text).toBe(
			'· only looks different',
		);
	});

	it('keeps sticky notes out of behaviour', () => {
		const content = orderRouting();
		const without = {
			...content,
			nodes: content.nodes.filter(({ name }) => name !== 'Why'),
		};
		const other = withNode(content, 'Why', { name: 'Note', parameters: { content: 'new' } });
		expect(diffContents(content, without)).toMatchObject({
			sameBehaviour: true,
			text: '- Why (note)',
		});
		expect(diffContents(content, other)).toMatchObject({
			sameBehaviour: true,
			nodes: [{ name: 'Note', change: 'moved', renamedFrom: 'Why', fields: [] }],
		});
	});

	it('says so when a moved node changes what runs first', () => {
		const content = orderRouting();
		const diff = diffContents(content, withNode(content, 'Count', { position: [400, -100] }));
		expect(diff.sameBehaviour).toBe(false);
		expect(diff.connections).toEqual([]);
		expect(diff.nodes).toEqual([
			{
				name: 'Is large?',
				change: 'changed',
				fields: [
					{
						path: 'runningOrder',
						before: ['Ask a person', 'output 1 → Book', 'Count'],
						after: ['Count', 'Ask a person', 'output 1 → Book'],
					},
				],
			},
			{ name: 'Count', change: 'moved', fields: [] },
		]);
	});

	it('shows settings without their defaults', () => {
		const content = orderRouting();
		const settings = { ...content.settings, timezone: 'UTC', saveManualExecutions: true };
		expect(diffContents(content, { ...content, settings })).toMatchObject({
			settings: [{ path: 'timezone', before: 'Europe/Berlin', after: 'UTC' }],
			text: '~ settings: timezone "Europe/Berlin" → "UTC"',
		});
	});

	it('shows the first different line of code, with its number', () => {
		const changed = withNode(callingOthers(), 'Link', {
			parameters: { jsCode: 'const flow = "ListedFlow000001";\nreturn [];' },
		});
		expect(diffContents(callingOthers(), changed).text).toBe(
			'~ Link: parameters.jsCode line 2: "return [{ json: { flow } }];" → "return [];"',
		);
	});

	it('shortens long values around the place where they part', () => {
		const long = (end: string) => booking({ url: `https://erp.example/${'x'.repeat(300)}${end}` });
		const { text } = diffContents(long('/a'), long('/b'));
		expect(text.length).toBeLessThan(120);
		expect(text).toMatch(/x\/a" → …x+\/b"$/);
	});

	it.each(allFixtures())('can be made between any two workflows: $name', (content) => {
		for (const other of allFixtures()) {
			const diff = diffContents(content, other);
			expect(diff.sameBehaviour).toBe(content.name === other.name);
			expect(diff.text).not.toBe('');
		}
	});
});

describe('secrets in a diff', () => {
	const secret = 'S3cr3tValue99';
	const changed = (parameters: Record<string, unknown>) =>
		diffContents(orderRouting(), booking(parameters));

	it.each<[string, Record<string, unknown>]>([
		['a password', { options: { password: secret } }],
		['a number', { pin: { password: 12345 } }],
		['a token', { accessToken: secret }],
		['an API key', { apiKey: secret }],
		['an API key in another spelling', { 'X-API-KEY': secret }],
		['a nested secret', { auth: { clientSecret: { value: secret, list: [secret] } } }],
		['a list of them', { tokens: [secret] }],
		[
			'the value of a header',
			{ headerParameters: { parameters: [{ name: 'Authorization', value: `Bearer ${secret}` }] } },
		],
		[
			'a header in code',
			{ jsCode: `fetch(url, { headers: { "Authorization": "Bearer ${secret}" } })` },
		],
		['a bare header', { text: `Authorization: Token ${secret}` }],
		['JSON text', { jsonBody: `{"user": "ann", "password": "${secret}"}` }],
		['JSON text inside code', { jsCode: `post("{\\"password\\": \\"${secret}\\"}")` }],
		['a text that was cut off', { jsCode: `const token = "${secret}` }],
		['an assignment in code', { jsCode: `const apiKey = '${secret}';` }],
		['the query of an address', { url: `https://erp.example/?api_key=${secret}&page=2` }],
		['the user info of an address', { url: `postgres://ann:${secret}@db.example/erp` }],
		['a well-known prefix', { text: `sk-${secret}` }],
	])('are hidden: %s', (_, parameters) => {
		const shown = JSON.stringify(changed(parameters));
		expect(shown).not.toContain(secret);
		expect(shown).not.toContain('12345');
		expect(shown).toContain('•••');
	});

	it('are hidden in a node that came or went', () => {
		const without = { ...orderRouting(), nodes: [], connections: {} };
		for (const diff of [
			diffContents(without, orderRouting()),
			diffContents(orderRouting(), without),
		]) {
			expect(JSON.stringify(diff)).not.toContain('abcdef123456');
		}
	});

	it('still show that they changed', () => {
		const { nodes, text } = changed({
			headerParameters: { parameters: [{ name: 'Authorization', value: `Bearer ${secret}` }] },
		});
		expect(nodes[0]?.fields).toEqual([
			{ path: 'parameters.headerParameters.parameters[0].value', before: '•••', after: '•••' },
		]);
		expect(text).toBe(
			'~ Book: parameters.headerParameters.parameters[0].value: a hidden value changed',
		);
	});

	it('do not hide what only sounds like one', () => {
		const tokens = withNode(agent(), 'Model', { parameters: { options: { maxTokens: 900 } } });
		expect(diffContents(agent(), tokens).text).toBe(
			'~ Model: parameters.options.maxTokens 400 → 900',
		);
		const credentials = { githubTokenApi: { id: 'GitCred000000001', name: 'Git' } };
		const before = withNode(orderRouting(), 'Count', { credentials });
		const after = withNode(orderRouting(), 'Count', {
			credentials: { githubTokenApi: { id: 'GitCred000000002', name: 'Git' } },
		});
		expect(diffContents(before, after).text).toBe(
			'~ Count: credentials.githubTokenApi.id "GitCred000000001" → "GitCred000000002"',
		);
		expect(changed({ text: 'Basic information about a bearer token' }).text).toContain(
			'Basic information about a bearer token',
		);
	});

	it('are looked for in linear time', () => {
		const long = `${'a'.repeat(200_000)} ${'token '.repeat(20_000)}${'=:'.repeat(20_000)}`;
		const started = performance.now();
		changed({ text: long });
		expect(performance.now() - started).toBeLessThan(10_000);
	});
});
