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
	/** Fails items with `bad: true` beside their json, so that only a message is left of them. */
	'test.terse': nodeType('terse', (items) => [
		items.map(({ json }, index) => ({
			json: { error: 'Rate limit' },
			error: { message: 'Rate limit', name: 'NodeApiError', httpCode: '429', lost: json } as never,
			pairedItem: { item: index },
		})),
	]),
};
