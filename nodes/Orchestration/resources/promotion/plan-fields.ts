import type { IDataObject, INodeProperties } from 'n8n-workflow';

import type { Mappings, PromotionInput } from '../../../../sidecar/contract/promotions';
import { environmentField, idField, workflowField } from '../../fields';
import { collection, type OperationCall, requiredText } from '../../operation';

const showFor = (source: string) => ({ displayOptions: { show: { source: [source] } } });

const from = {
	...environmentField('environment', 'From', 'Environment the workflow is taken from'),
	...showFor('workflow'),
};
const workflow = { ...workflowField, ...showFor('workflow') };
const release = { ...idField('releaseId', 'Release ID'), ...showFor('release') };
const to = environmentField('to', 'To', 'Environment to promote into; its stage must be higher');

const mappings: INodeProperties = {
	displayName: 'Mappings',
	name: 'mappings',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true },
	placeholder: 'Add mapping',
	default: {},
	description: 'What stands for what in the target. Mapped once, it is remembered for this route.',
	options: [
		{
			displayName: 'Mapping',
			name: 'mapping',
			values: [
				{
					displayName: 'Kind',
					name: 'kind',
					type: 'options',
					options: [
						{ name: 'Credential', value: 'credentials' },
						{
							name: 'Same in Both',
							value: 'literals',
							description: 'An ID that means the same in the target and stays as it is',
						},
						{ name: 'Workflow', value: 'workflows' },
					],
					default: 'credentials',
				},
				{
					displayName: 'Source ID',
					name: 'from',
					type: 'string',
					default: '',
				},
				{
					displayName: 'Target ID',
					name: 'to',
					type: 'string',
					default: '',
					description: 'For a workflow also: create, for a new one',
					displayOptions: { hide: { kind: ['literals'] } },
				},
			],
		},
	],
};

export const planOptions: INodeProperties[] = [
	{
		displayName: 'Message',
		name: 'message',
		type: 'string',
		default: '',
		description: 'What is promoted and why',
	},
	{
		displayName: 'More Workflow IDs',
		name: 'moreWorkflowIds',
		type: 'string',
		default: '',
		description:
			'Separated by commas. Workflows called by the chosen one come along without being named.',
	},
	{
		displayName: 'Publish',
		name: 'publish',
		type: 'boolean',
		default: true,
		description: 'Whether to publish the workflows in the target',
	},
];

export const planFields: INodeProperties[] = [
	{
		displayName: 'Source',
		name: 'source',
		type: 'options',
		noDataExpression: true,
		options: [
			{ name: 'Release', value: 'release', description: 'A release made before' },
			{ name: 'Workflow', value: 'workflow', description: 'A workflow as it is now' },
		],
		default: 'workflow',
	},
	from,
	workflow,
	release,
	to,
	mappings,
];

export function readPlan(call: OperationCall): PromotionInput {
	const { context, itemIndex } = call;
	const { message, publish, moreWorkflowIds } = collection(call, 'options') as {
		message?: string;
		publish?: boolean;
		moreWorkflowIds?: string;
	};
	const mapped = readMappings(collection(call, 'mappings'));
	const more = (moreWorkflowIds ?? '')
		.split(',')
		.map((each) => each.trim())
		.filter(Boolean);
	return {
		...(context.getNodeParameter('source', itemIndex) === 'release'
			? { releaseId: requiredText(call, release) }
			: {
					environment: requiredText(call, from),
					workflowIds: [requiredText(call, workflow), ...more],
				}),
		to: requiredText(call, to),
		...(mapped ? { mappings: mapped } : {}),
		...(publish === undefined ? {} : { publish }),
		...(message ? { message } : {}),
	};
}

function readMappings({ mapping }: IDataObject): Mappings | undefined {
	const entries = (mapping ?? []) as Array<{ kind: string; from: string; to: string }>;
	if (entries.length === 0) return undefined;
	const ofKind = (sought: keyof Mappings) => entries.filter(({ kind }) => kind === sought);
	const pairs = (sought: keyof Mappings) =>
		Object.fromEntries(ofKind(sought).map((each) => [each.from.trim(), each.to.trim()]));
	return {
		credentials: pairs('credentials'),
		workflows: pairs('workflows'),
		literals: ofKind('literals').map((each) => each.from.trim()),
	};
}
