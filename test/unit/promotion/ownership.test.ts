import { defaultProtection, type Ownership } from '../../../sidecar/environments/protection';
import { makePlan } from '../../../sidecar/promotion/make-plan';
import { keepOwned } from '../../../sidecar/promotion/ownership';
import { content, inTarget, node, planInput, target, version } from './fixtures';

const owned = (more: Partial<Ownership>): Ownership => ({ ...defaultProtection.owned, ...more });
const schedule = (expression: string, name = 'Every night') =>
	node(name, 'n8n-nodes-base.scheduleTrigger', {
		parameters: {
			rule: { interval: [{ field: 'cronExpression', expression }] },
			other: expression,
		},
	});
const call = (url: string, more: object = {}) =>
	node('Call', 'n8n-nodes-base.httpRequest', { parameters: { url, ...more } });
const parametersOf = (of: ReturnType<typeof keepOwned>) =>
	of.content.nodes.map(({ parameters }) => parameters);

it('keeps the schedule of the target, and nothing else of the node', () => {
	const kept = keepOwned(
		content('A', [schedule('0 0 1 * *')]),
		content('A', [schedule('5 5 * * *')]),
		owned({ schedules: true }),
	);
	expect(kept.kept).toEqual(['nodes[Every night].parameters.rule']);
	expect(parametersOf(kept)).toEqual([
		{
			rule: { interval: [{ field: 'cronExpression', expression: '5 5 * * *' }] },
			other: '0 0 1 * *',
		},
	]);
});

it('keeps settings by name, also that one is not set', () => {
	const { content: result, kept } = keepOwned(
		content('A', [], { timezone: 'Asia/Tokyo', executionTimeout: 9, executionOrder: 'v1' }),
		content('A', [], { timezone: 'Europe/Berlin' }),
		owned({ settings: ['timezone', 'executionTimeout', 'errorWorkflow'] }),
	);
	expect(kept).toEqual(['settings.timezone', 'settings.executionTimeout']);
	expect(result.settings).toEqual({ timezone: 'Europe/Berlin', executionOrder: 'v1' });
});

it('keeps parameters by node and path, within lists too', () => {
	const headers = (first: string, second: string) => ({
		headers: [{ value: first }, { value: second }],
	});
	const kept = keepOwned(
		content('A', [call('https://dev', headers('a', 'b'))]),
		content('A', [call('https://prod', headers('x', 'y'))]),
		owned({
			parameters: [
				{ node: 'Call', path: 'url' },
				{ node: '*', path: 'headers.1.value' },
				{ node: 'Another', path: 'headers' },
				{ node: 'Call', path: 'constructor.name' },
			],
		}),
	);
	expect(kept.kept).toEqual([
		'nodes[Call].parameters.url',
		'nodes[Call].parameters.headers.1.value',
	]);
	expect(parametersOf(kept)).toEqual([{ url: 'https://prod', ...headers('a', 'y') }]);
});

it('brings what the target does not have yet', () => {
	const release = content('A', [schedule('0 0 1 * *'), call('https://dev')]);
	const rules = owned({ schedules: true, parameters: [{ node: 'Call', path: 'url' }] });
	expect(keepOwned(release, content('A', []), rules)).toEqual({ content: release, kept: [] });
});

describe('in a plan', () => {
	const [dev, prod] = [
		content('A', [schedule('0 0 1 * *')]),
		content('A', [schedule('5 5 * * *')]),
	];
	const input = planInput(
		[version('a', dev)],
		target([inTarget('prod-a', prod)], { bindings: new Map([['a', 'prod-a']]) }),
	);

	it('is named with the change, and seals it', () => {
		const rules = owned({ schedules: true, parameters: [{ node: '*', path: 'other' }] });
		const plan = makePlan({ ...input, owned: rules });
		// Both that differ belong to the target: nothing is left to do.
		expect(plan.changes).toMatchObject([
			{
				action: 'none',
				kept: ['nodes[Every night].parameters.rule', 'nodes[Every night].parameters.other'],
			},
		]);
		const free = makePlan(input);
		expect(free.changes).toMatchObject([{ action: 'update' }]);
		expect(free.digest).not.toBe(plan.digest);
	});
});
