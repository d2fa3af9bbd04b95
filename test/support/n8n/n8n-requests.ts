export interface RequestInit {
	/** Default GET, or POST when there is a body. */
	method?: string;
	/** Sent as JSON. */
	body?: unknown;
	headers?: Record<string, string>;
	/** Milliseconds before giving up. Default 60 000. */
	timeoutMs?: number;
}

export interface Answer<T> {
	status: number;
	ok: boolean;
	headers: Headers;
	/** The parsed JSON, the text when it is not JSON, undefined when there is no body. */
	body: T;
}

/** One request to a real n8n. Any status is an answer; only a broken connection throws. */
export async function request<T = unknown>(
	url: string,
	{ method, body, headers = {}, timeoutMs = 60_000 }: RequestInit = {},
): Promise<Answer<T>> {
	const response = await fetch(url, {
		method: method ?? (body === undefined ? 'GET' : 'POST'),
		headers: body === undefined ? headers : { 'content-type': 'application/json', ...headers },
		body: body === undefined ? null : JSON.stringify(body),
		signal: AbortSignal.timeout(timeoutMs),
	});
	const text = await response.text();
	return {
		status: response.status,
		ok: response.ok,
		headers: response.headers,
		body: parsed(text) as T,
	};
}

/** The body of an answer that had to be 2xx; throws with what n8n said otherwise. */
export function expectOk<T>(what: string, answer: Answer<T>): T {
	if (answer.ok) return answer.body;
	const said = JSON.stringify(answer.body)?.slice(0, 500);
	throw new Error(`n8n would not ${what}: it answered ${answer.status} ${said}`);
}

function parsed(text: string): unknown {
	if (text === '') return undefined;
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return text;
	}
}
