import type { IDataObject, INode, JsonObject } from 'n8n-workflow';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';

import type { Problem } from '../../sidecar/contract/problem';

/** What the sidecar, or something in its place, said no with. */
export interface Refusal {
	status: number;
	body: unknown;
	baseUrl: string;
}

/** An error as a JSON item carries it to an error output. */
export interface ErrorReport {
	message: string;
	description?: string;
	/** The sidecar's stable code. */
	code?: string;
	httpStatus?: number;
	[fact: string]: unknown;
}

export function problemOf(body: unknown): Problem | undefined {
	if (typeof body !== 'object' || body === null) return undefined;
	const { code, detail } = body as Partial<Problem>;
	return typeof code === 'string' && typeof detail === 'string' ? (body as Problem) : undefined;
}

/** The sidecar's own words where it spoke; otherwise what is probably wrong and what to do. */
export function refusalError(node: INode, refusal: Refusal, itemIndex: number): NodeApiError {
	const problem = problemOf(refusal.body);
	const message = problem?.detail ?? strangerMessage(refusal);
	const wrongFields = (problem?.errors ?? []).map(({ path, message: why }) => `${path}: ${why}`);
	const description = problem
		? [...wrongFields, `Code ${problem.code}, request ${problem.instance}`].join('\n')
		: 'Check the Base URL in the credential: it is the address of the sidecar, without /api/v1.';
	const error = new NodeApiError(node, { message } as JsonObject, {
		message,
		description,
		httpCode: String(refusal.status),
		itemIndex,
	});
	if (problem) error.context['data'] = problem as unknown as IDataObject;
	return error;
}

function strangerMessage({ status, baseUrl }: Refusal): string {
	if (status === 401) return `The token was refused at ${baseUrl} (status 401)`;
	return `Expected the sidecar at ${baseUrl}, but the answer is not one of its own (status ${status})`;
}

export function unreachableError(
	node: INode,
	baseUrl: string,
	cause: string,
	itemIndex: number,
): NodeOperationError {
	const error = new NodeOperationError(node, `Sidecar unreachable at ${baseUrl} (${cause})`, {
		description:
			'Start it, or correct the Base URL in the credential. From an n8n in Docker the host is host.docker.internal, not localhost.',
		itemIndex,
	});
	error.context['sidecarAway'] = true;
	return error;
}

export function reportOf(error: unknown): ErrorReport {
	if (!(error instanceof Error)) return { message: String(error) };
	const { description, httpCode, context } = error as Partial<NodeApiError>;
	const problem = problemOf(context?.['data']);
	const status = Number(httpCode);
	return {
		message: error.message,
		...(description ? { description } : {}),
		...(problem ? { code: problem.code } : {}),
		...(status >= 100 ? { httpStatus: status } : {}),
	};
}
