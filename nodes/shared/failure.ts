import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import type { DeadLetterInput } from '../../sidecar/contract/dead-letters';

export interface Failure {
	error: DeadLetterInput['error'];
	/** The item without its error: what the failed node was given, if n8n kept it. */
	input: IDataObject;
}

/** Some services answer with a whole page, which n8n takes as the message. */
const LONGEST_TEXT = 20_000;

const STATUS_AT_START = /^\s*([45]\d\d)\b/;

/**
 * Reads the error of an item on an error output. Nodes put it there in several ways: an object in
 * json.error, only a message in json.error, or beside json in item.error.
 *
 * @returns undefined when the item carries no error.
 */
export function readFailure(item: INodeExecutionData): Failure | undefined {
	const { error: inJson, ...input } = item.json;
	const beside = item.error as IDataObject | undefined;
	if (!inJson && !beside) return undefined;
	return { error: readError(inJson, beside), input };
}

export function readError(...sources: unknown[]): DeadLetterInput['error'] {
	const facts = sources.filter(isObject);
	const texts = sources.filter((source): source is string => typeof source === 'string');
	const text = (name: string) =>
		facts.map((fact) => fact[name]).find((value): value is string => isText(value));
	const message = text('message') ?? texts.find(isText) ?? 'The node gave no message';
	const node = facts.map((fact) => nodeName(fact['node'])).find(isText);
	const name = text('name');
	const description = text('description');
	const httpStatus = facts.map(statusOf).find((status) => status !== undefined);
	const status = httpStatus ?? asStatus(STATUS_AT_START.exec(message)?.[1]);
	return {
		...(node ? { node } : {}),
		...(name ? { name } : {}),
		message: message.slice(0, LONGEST_TEXT),
		...(description && description !== message
			? { description: description.slice(0, LONGEST_TEXT) }
			: {}),
		...(status ? { httpStatus: status } : {}),
	};
}

function statusOf(error: IDataObject): number | undefined {
	const { status, httpCode, statusCode, response, errorResponse, cause } = error;
	const nested = [response, errorResponse, cause].filter(isObject);
	return [
		status,
		httpCode,
		statusCode,
		...nested.flatMap((each) => [each['status'], each['httpCode']]),
	]
		.map(asStatus)
		.find((each) => each !== undefined);
}

function asStatus(value: unknown): number | undefined {
	const status = Number(value);
	return Number.isInteger(status) && status >= 100 && status <= 599 ? status : undefined;
}

function nodeName(node: unknown): string | undefined {
	const name = isObject(node) ? node['name'] : node;
	return isText(name) ? name : undefined;
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

const isObject = (value: unknown): value is IDataObject =>
	typeof value === 'object' && value !== null && !Array.isArray(value);
