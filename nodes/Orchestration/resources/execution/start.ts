import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { environmentField, startableField } from '../../fields';
import {
	ask,
	collection,
	filledIn,
	jsonValue,
	type Operation,
	type OperationCall,
	optionsField,
	requiredText,
} from '../../operation';
import { startOptions } from './start-options';

const LONGEST_WAIT_SECONDS = 60;

const environment = environmentField();
const payload: INodeProperties = {
	displayName: 'Payload',
	name: 'payload',
	type: 'json',
	default: '={{ $json }}',
	description: 'What the workflow is given: the body of its webhook, or what its trigger gives',
};

export const startExecution: Operation = {
	name: 'Start',
	action: 'Start a workflow',
	description: 'Run a workflow of any environment; it is written down before this answers',
	fields: [environment, startableField, payload, optionsField(startOptions)],
	execute: async (call) => {
		const { waitSeconds = 0, ...options } = collection(call, 'options');
		const wait = Math.min(LONGEST_WAIT_SECONDS, Math.max(0, Math.floor(Number(waitSeconds) || 0)));
		const body = {
			environment: requiredText(call, environment),
			workflow: requiredText(call, startableField),
			payload: payloadOf(call),
			...requestOf(options),
			...(wait > 0 ? { wait } : {}),
		};
		return await ask(call, 'POST', '/executions', { body, waitSeconds: wait });
	},
};

function payloadOf(call: OperationCall): unknown {
	const given: unknown = call.context.getNodeParameter(payload.name, call.itemIndex, {});
	return jsonValue(call, payload.displayName, given) ?? {};
}

function requestOf(options: IDataObject): IDataObject {
	const { attempts, circuit, concurrency, rateLimit, ...rest } = filledIn(options);
	const policy = filledIn({ attempts, circuit, concurrency, rateLimit });
	return { ...rest, ...(Object.keys(policy).length > 0 ? { policy } : {}) };
}
