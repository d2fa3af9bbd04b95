import type {
	IDataObject,
	IExecuteFunctions,
	IHookFunctions,
	IHttpRequestOptions,
	ILoadOptionsFunctions,
	INode,
	IN8nHttpFullResponse,
} from 'n8n-workflow';

import type { Page } from '../../sidecar/contract/problem';
import { idempotencyKey } from './idempotency-key';
import { credentialTypeOf } from './sidecar-credentials';
import { refusalError, unreachableError } from './sidecar-error';
import { networkFailure, patiently } from './transient';

const TIMEOUT_MS = 15_000;
const PAGE_SIZE = 100;

export interface SidecarRequest {
	method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
	/** Below /api/v1, with a leading slash; ids in it already encoded. */
	path: string;
	query?: IDataObject;
	body?: object;
	/** Item of the input this is for: named in errors, part of the idempotency key. Default 0. */
	itemIndex?: number;
	/** How long the sidecar may think on purpose, beyond the timeout of 15 s. Default 0. */
	waitSeconds?: number;
	/** For what is not worth waiting for: one try, and no more than this. Default: patient. */
	withinMs?: number;
	/** Counts questions asked again on purpose, so that each has an idempotency key of its own. */
	attempt?: number;
}

/** The only HTTP caller of the nodes. */
export interface Sidecar {
	/** Without trailing slash or /api/v1. */
	baseUrl: string;
	/** Throws NodeApiError (it said no) or NodeOperationError (nobody there). */
	request<T>(request: SidecarRequest): Promise<T>;
	/** Follows the cursor until `limit` entries are there; all of them without a limit. */
	list<T>(path: string, query: IDataObject, limit?: number, itemIndex?: number): Promise<T[]>;
}

export async function connectSidecar(
	context: IExecuteFunctions | IHookFunctions | ILoadOptionsFunctions,
): Promise<Sidecar> {
	const credentialType = credentialTypeOf(context);
	const credential = await context.getCredentials<{ baseUrl: string }>(credentialType);
	const baseUrl = credential.baseUrl
		.trim()
		.replace(/\/+$/, '')
		.replace(/\/api\/v1$/, '');

	const send = async (options: IHttpRequestOptions): Promise<IN8nHttpFullResponse> =>
		(await context.helpers.httpRequestWithAuthentication.call(context, credentialType, {
			...options,
			returnFullResponse: true,
			// With OAuth2 a 401 must throw, or n8n does not fetch a fresh token.
			ignoreHttpStatusErrors: credentialType === 'orchestrationApi' || {
				ignore: true,
				except: [401],
			},
		})) as IN8nHttpFullResponse;

	const request = async <T>(asked: SidecarRequest): Promise<T> => {
		const itemIndex = asked.itemIndex ?? 0;
		const options = optionsOf(context, asked, baseUrl, itemIndex);
		let answer: IN8nHttpFullResponse;
		try {
			const once = async () => await send({ ...options });
			answer = await (asked.withinMs ? once() : patiently.execute(once));
		} catch (error) {
			throw failureOf(context.getNode(), error, baseUrl, itemIndex);
		}
		const { statusCode: status, body } = answer;
		const isAnswer = (typeof body === 'object' && body !== null) || asked.method === 'DELETE';
		if (status >= 300 || !isAnswer) {
			throw refusalError(context.getNode(), { status, body, baseUrl }, itemIndex);
		}
		return body as T;
	};

	return {
		baseUrl,
		request,
		list: async <T>(path: string, query: IDataObject, limit = Infinity, itemIndex = 0) => {
			const found: T[] = [];
			let cursor: string | null = null;
			do {
				const page: Page<T> = await request<Page<T>>({
					method: 'GET',
					path,
					query: {
						...query,
						limit: Math.min(PAGE_SIZE, limit - found.length),
						...(cursor ? { cursor } : {}),
					},
					itemIndex,
				});
				found.push(...page.data);
				cursor = page.nextCursor;
			} while (cursor && found.length < limit);
			return found.slice(0, limit);
		},
	};
}

function optionsOf(
	context: IExecuteFunctions | IHookFunctions | ILoadOptionsFunctions,
	{ method, path, query, body, waitSeconds, withinMs, attempt }: SidecarRequest,
	baseUrl: string,
	itemIndex: number,
): IHttpRequestOptions {
	const mayChange = method === 'POST' && 'getWorkflowDataProxy' in context;
	return {
		method,
		url: `${baseUrl}/api/v1${path}`,
		...(query ? { qs: query } : {}),
		...(method === 'POST' ? { body: body ?? {} } : body ? { body } : {}),
		headers: mayChange
			? { 'idempotency-key': idempotencyKey(context, { path, body, attempt }, itemIndex) }
			: {},
		json: true,
		timeout: withinMs ?? TIMEOUT_MS + (waitSeconds ?? 0) * 1000,
	};
}

/** What n8n's HTTP helper threw, in our words. */
function failureOf(node: INode, error: unknown, baseUrl: string, itemIndex: number): Error {
	const { httpCode, context } = error as { httpCode?: string; context?: { data?: unknown } };
	if (httpCode === '401') {
		return refusalError(node, { status: 401, body: context?.data, baseUrl }, itemIndex);
	}
	const why = networkFailure(error) ?? (error instanceof Error ? error.message : String(error));
	return unreachableError(node, baseUrl, why, itemIndex);
}
