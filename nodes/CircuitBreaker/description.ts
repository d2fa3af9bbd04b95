import type { INodeProperties } from 'n8n-workflow';

import { authenticationProperty } from '../shared/sidecar-credentials';
import { workflowFields } from '../shared/workflow-field';
import { circuitOptions } from './options';
import { tripFields } from './trip-fields';

const shownFor = (...operation: string[]) => ({ show: { operation } });
const shownForFleet = { show: { scope: ['fleet'] } };

export const circuitBreakerProperties: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		options: [
			{
				name: 'Guard',
				value: 'guard',
				action: 'Let items through while the circuit is closed',
				description: 'Place it before what may fail, and Report after it',
			},
			{
				name: 'Report',
				value: 'report',
				action: 'Tell the circuit how items fared',
				description: 'Place it after what may fail, on its success output and its error output',
			},
			{
				name: 'Run Sub-Workflow',
				value: 'runSubWorkflow',
				action: 'Run a sub workflow behind a circuit',
				description: 'Asks the circuit, runs the workflow and reports how it went',
			},
		],
		default: 'guard',
	},
	{
		displayName:
			'Connect both outputs of the guarded node here (Settings, On Error: Continue (using error output)): the circuit opens only when failures are reported, and closes only when successes are.',
		name: 'reportNotice',
		type: 'notice',
		displayOptions: shownFor('report'),
		default: '',
	},
	{
		displayName: 'Circuit',
		name: 'circuit',
		type: 'resourceLocator',
		default: { mode: 'name', value: '' },
		required: true,
		description:
			'What is protected, such as the name of a service. All nodes with the same name share one circuit.',
		modes: [
			{ displayName: 'By Name', name: 'name', type: 'string', placeholder: 'billing-api' },
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				typeOptions: { searchListMethod: 'searchCircuits', searchable: true },
			},
		],
	},
	...workflowFields(['runSubWorkflow']),
	{
		displayName: 'Mode',
		name: 'mode',
		type: 'options',
		noDataExpression: true,
		displayOptions: shownFor('runSubWorkflow'),
		options: [
			{ name: 'Run Once for All Items', value: 'once' },
			{ name: 'Run Once for Each Item', value: 'each' },
		],
		default: 'each',
	},
	{
		displayName: 'Outcome',
		name: 'outcome',
		type: 'options',
		displayOptions: shownFor('report'),
		options: [
			{
				name: 'Automatic',
				value: 'auto',
				description: 'An item that carries an error failed, any other succeeded',
			},
			{ name: 'Failure', value: 'failure' },
			{ name: 'Success', value: 'success' },
		],
		default: 'auto',
		description: 'How the items fared; an expression may say it for each',
	},
	...tripFields,
	{
		displayName: 'Scope',
		name: 'scope',
		type: 'options',
		noDataExpression: true,
		options: [
			{
				name: 'All Workers',
				value: 'fleet',
				description: 'One circuit for all n8n processes, kept by the sidecar',
			},
			{
				name: 'This Process',
				value: 'process',
				description: 'Kept in memory: no sidecar needed, each worker has its own, gone at restart',
			},
		],
		default: 'process',
		description: 'Who shares the circuit; Guard and Report must be set alike',
	},
	{
		displayName: 'When Sidecar Is Away',
		name: 'whenAway',
		type: 'options',
		noDataExpression: true,
		displayOptions: shownForFleet,
		options: [
			{ name: 'Closed (Let Through)', value: 'closed' },
			{
				name: 'Local (Circuit of This Process)',
				value: 'local',
				description: 'Decides from what this process has seen',
			},
			{ name: 'Open (Reject)', value: 'open' },
		],
		default: 'local',
		description: 'Who decides when the sidecar does not answer; the output says who did',
	},
	{ ...authenticationProperty, displayOptions: shownForFleet },
	circuitOptions,
];
