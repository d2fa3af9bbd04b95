import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import { readError } from './failure';
import { networkFailure } from './transient';

/** What an error tells that a decision can be made on. */
export interface ErrorFacts {
	message: string;
	name?: string;
	description?: string;
	/** The node that failed. */
	node?: string;
	httpStatus?: number;
	/** No HTTP answer came: the connection failed. */
	network: boolean;
	/** Of the HTTP answer, names in lower case. */
	headers: Record<string, string>;
}

const NETWORK_TEXT =
	/\b(EAI_AGAIN|ECONNABORTED|ECONNREFUSED|ECONNRESET|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EPIPE|ETIMEDOUT)\b|socket hang up|connection (was |cannot be )?(aborted|closed|established|lost|refused|reset)|server is offline|perhaps it is offline/i;

/** Of an item as an error output gives it; undefined when it carries no error. */
export function errorFactsOf(item: INodeExecutionData): ErrorFacts | undefined {
	const beside = item.error as unknown;
	const inJson = item.json['error'];
	return inJson || beside ? factsFrom(inJson, beside) : undefined;
}

/** What comes first counts first. */
export function factsFrom(...sources: unknown[]): ErrorFacts {
	const error = readError(...sources);
	const network =
		error.httpStatus === undefined &&
		(sources.some((source) => networkFailure(source) !== undefined) ||
			NETWORK_TEXT.test(error.message));
	const headers = sources.map(headersOf).find((found) => found !== undefined);
	return { ...error, network, headers: headers ?? {} };
}

/** Nodes keep the answer in different depths. */
function headersOf(source: unknown): Record<string, string> | undefined {
	if (!isObject(source)) return undefined;
	const { response, cause, errorResponse, context } = source;
	const data = isObject(context) ? context['data'] : undefined;
	const holders = [source, response, cause, errorResponse, data].filter(isObject);
	const nested = holders.map(({ response: inner }) => inner).filter(isObject);
	const found = [...holders, ...nested].map(({ headers }) => headers).find(isObject);
	return found === undefined ? undefined : plainHeaders(found);
}

export function plainHeaders(headers: object): Record<string, string> {
	return Object.fromEntries(
		Object.entries(headers)
			.filter(([, value]) => ['string', 'number'].includes(typeof value))
			.map(([name, value]) => [name.toLowerCase(), String(value)]),
	);
}

const isObject = (value: unknown): value is IDataObject =>
	typeof value === 'object' && value !== null && !Array.isArray(value);
