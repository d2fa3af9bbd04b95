import type { IExecuteFunctions, INodeExecutionData, INodeType } from 'n8n-workflow';

type Behaviour = (
	this: IExecuteFunctions,
	items: INodeExecutionData[],
) => Promise<INodeExecutionData[][]> | INodeExecutionData[][];

function nodeType(name: string, behaviour: Behaviour): INodeType {
	return {
		description: {
			displayName: name,
			name,
			group: ['transform'],
			version: 1,
			description: name,
			defaults: { name },
			inputs: ['main'],
			outputs: ['main'],
			properties: [{ displayName: 'Error', name: 'error', type: 'json', default: '{}' }],
		},
		async execute() {
			return await behaviour.call(this, this.getInputData());
		},
	};
}

const trigger: INodeType = {
	description: {
		...nodeType('trigger', () => []).description,
		group: ['trigger'],
		inputs: [],
	},
	trigger: async () => ({}),
};

const isBad = ({ json }: INodeExecutionData) => json['bad'] === true;

/**
 * Fails an item in its first `failures` runs (counted from run `from`), as HTTP Request does; `terse`
 * keeps only the error and not the input.
 */
function flaky(
	context: IExecuteFunctions,
	items: INodeExecutionData[],
	terse: boolean,
): INodeExecutionData[][] {
	const tried = context.getContext('node') as Record<string, number>;
	return [
		items.map((item, index) => {
			const { json, binary } = item;
			const id = String(json['id']);
			tried[id] = (tried[id] ?? 0) + 1;
			const pairedItem = { item: index };
			if (tried[id] > Number(json['failures'] ?? 0)) return { json, binary, pairedItem };
			const status = Number(json['status'] ?? 503);
			const headers = json['retryAfter'] ? { 'retry-after': String(json['retryAfter']) } : {};
			const error = {
				message: `${status} - "down"`,
				name: 'AxiosError',
				status,
				response: { headers },
			};
			if (terse) {
				return {
					json: { error: 'Down' },
					error: { ...error, httpCode: '503' } as never,
					pairedItem,
				};
			}
			return { json: { error }, binary, pairedItem };
		}),
	];
}

/** Gives one item a run by its second output, as Loop Over Items does, and all by its first at the end. */
function batches(context: IExecuteFunctions, items: INodeExecutionData[]): INodeExecutionData[][] {
	const state = context.getContext('node') as { left?: INodeExecutionData[]; at?: number };
	const source = context.getInputSourceData();
	state.left ??= items.map((item, index) => ({
		...item,
		pairedItem: { item: index, sourceOverwrite: source } as never,
	}));
	const next = state.left.shift();
	return next ? [[], [next]] : [[], []];
}

/** Small nodes that behave as n8n's own do where it matters for ours. */
export const stockNodes: Record<string, INodeType> = {
	'test.trigger': trigger,
	'test.pass': nodeType('pass', (items) => [
		items.map(({ json, binary }, item) => ({ json, binary, pairedItem: { item } })),
	]),
	/** Like a Code node that forgets pairedItem: fewer items out than in. */
	'test.unpaired': nodeType('unpaired', (items) => [
		[...items, ...items].map(({ json }) => ({ json })),
	]),
	/** Fails items with `bad: true`, as the HTTP Request node puts them on its error output. */
	'test.http': nodeType('http', (items) => [
		items.map((item, index) =>
			isBad(item)
				? {
						json: {
							error: { message: '503 - "down"', name: 'AxiosError', status: 503, stack: 'at x' },
						},
						pairedItem: { item: index },
					}
				: { json: item.json, pairedItem: { item: index } },
		),
	]),
	'test.throws': nodeType('throws', () => {
		throw new Error('broken on purpose');
	}),
	'test.flaky': nodeType('flaky', function (items) {
		return flaky(this, items, false);
	}),
	'test.flakyTerse': nodeType('flakyTerse', function (items) {
		return flaky(this, items, true);
	}),
	'test.batches': {
		...nodeType('batches', function (items) {
			return batches(this, items);
		}),
		description: { ...nodeType('batches', () => []).description, outputs: ['main', 'main'] },
	},
	/** Fails items with `bad: true` beside their json, so that only a message is left of them. */
	'test.terse': nodeType('terse', (items) => [
		items.map(({ json }, index) => ({
			json: { error: 'Rate limit' },
			error: { message: 'Rate limit', name: 'NodeApiError', httpCode: '429', lost: json } as never,
			pairedItem: { item: index },
		})),
	]),
};
