import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SidecarCall {
	/** Such as `POST /api/v1/dead-letters?limit=1`. */
	route: string;
	headers: IncomingHttpHeaders;
	body: unknown;
}

export interface SidecarAnswer {
	status?: number;
	headers?: Record<string, string>;
	/** Sent as JSON unless it is a string. */
	body: unknown;
}

export interface ScriptedSidecar {
	url: string;
	calls: SidecarCall[];
	/** Answers for what follows; the function also sees how many calls came before. */
	answer(script: (call: SidecarCall, before: number) => SidecarAnswer): void;
	close(): Promise<void>;
}

/** Stands in for a sidecar that must misbehave, or must have been asked one exact thing. */
export async function startScriptedSidecar(): Promise<ScriptedSidecar> {
	const calls: SidecarCall[] = [];
	let script: (call: SidecarCall, before: number) => SidecarAnswer = () => ({ body: {} });
	const server = createServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			const text = Buffer.concat(chunks).toString();
			const call: SidecarCall = {
				route: `${request.method} ${request.url}`,
				headers: request.headers,
				body: parsed(text),
			};
			const { status = 200, headers = {}, body } = script(call, calls.length);
			calls.push(call);
			const isText = typeof body === 'string';
			response.writeHead(status, {
				'content-type': isText ? 'text/html' : 'application/json',
				...headers,
			});
			response.end(isText ? body : JSON.stringify(body));
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		calls,
		answer(next) {
			calls.length = 0;
			script = next;
		},
		close: async () =>
			await new Promise((resolve, reject) => {
				server.closeAllConnections();
				server.close((error) => (error ? reject(error) : resolve()));
			}),
	};
}

export function problem(status: number, code: string, detail: string): SidecarAnswer {
	return {
		status,
		headers: { 'content-type': 'application/problem+json' },
		body: {
			type: `/problems/${code}`,
			title: code,
			status,
			detail,
			code,
			instance: 'request-1',
		},
	};
}

/** JSON, the text when it is a form, undefined when there is none. */
function parsed(text: string): unknown {
	if (text === '') return undefined;
	return text.startsWith('{') ? (JSON.parse(text) as unknown) : text;
}
