import { z } from 'zod';
import type { EnvironmentWorkflow } from '../contract/environments';
import type { Page } from '../contract/problem';
import type { Version } from '../contract/versions';
import type { WorkflowContent } from '../engines/port/workflow';
import { OrchestrationError } from '../kernel/errors';

/** A workflow with its draft. */
export interface WorkflowDetail extends EnvironmentWorkflow {
	content: WorkflowContent;
	/** What a change of it has to be based on. */
	revision: string;
}

export interface Written {
	content: WorkflowContent;
	/** Kept with the version of it. */
	message?: string | undefined;
}

/** What the command asks of the sidecar. */
export interface SidecarApi {
	workflows(environment: string): Promise<EnvironmentWorkflow[]>;
	workflow(environment: string, id: string): Promise<WorkflowDetail>;
	keepVersion(environment: string, workflowId: string, message?: string): Promise<Version>;
	create(environment: string, creation: Written): Promise<void>;
	/** Replaces the draft, if it is still as it was at `basedOn`. */
	update(environment: string, id: string, change: Written & { basedOn: string }): Promise<void>;
}

/** @param connection address of the sidecar without /api/v1, and an access token of it */
export function sidecarApi(connection: { url: string; token: string }): SidecarApi {
	const ask = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
		const url = `${connection.url.replace(/\/+$/, '')}/api/v1${path}`;
		const response = await reach(url, {
			method,
			headers: {
				authorization: `Bearer ${connection.token}`,
				...(body === undefined ? {} : { 'content-type': 'application/json' }),
			},
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
		});
		const text = await response.text();
		if (!response.ok) throw refusal(`${method} ${path}`, response, text);
		return JSON.parse(text) as T;
	};
	const at = (environment: string, id = '') =>
		`/environments/${encodeURIComponent(environment)}/workflows${id && `/${encodeURIComponent(id)}`}`;
	return {
		workflows: async (environment) => {
			const found: EnvironmentWorkflow[] = [];
			for (let cursor = ''; ;) {
				const page: Page<EnvironmentWorkflow> = await ask(
					'GET',
					`${at(environment)}?limit=100${cursor && `&cursor=${encodeURIComponent(cursor)}`}`,
				);
				found.push(...page.data);
				if (page.nextCursor === null) return found;
				cursor = page.nextCursor;
			}
		},
		workflow: async (environment, id) => await ask('GET', at(environment, id)),
		keepVersion: async (environment, workflowId, message) =>
			await ask('POST', '/versions', { environment, workflowId, ...(message ? { message } : {}) }),
		create: async (environment, creation) => {
			await ask('POST', at(environment), creation);
		},
		update: async (environment, id, change) => {
			await ask('PUT', at(environment, id), change);
		},
	};
}

async function reach(url: string, request: RequestInit): Promise<Response> {
	try {
		return await fetch(url, request);
	} catch (cause) {
		throw new OrchestrationError(
			'engine_unreachable',
			`Expected the sidecar to answer at ${url}, but it could not be reached. Start it, or correct --url or ORCHESTRATION_URL.`,
			{ cause },
		);
	}
}

const problemWire = z.looseObject({ code: z.string(), detail: z.string() });

/** A problem document (RFC 9457), or whatever a gateway before the sidecar says. */
function refusal(what: string, response: Response, text: string): OrchestrationError {
	const { status } = response;
	const isJson = /\bjson\b/.test(response.headers.get('content-type') ?? '');
	const problem = isJson ? problemWire.safeParse(JSON.parse(text)).data : undefined;
	const said = problem ? `${problem.code}: ${problem.detail}` : text.slice(0, 300);
	return new OrchestrationError(
		'invalid_request',
		`The sidecar refused ${what} with ${status}, ${said}`,
		{ details: { status } },
	);
}
