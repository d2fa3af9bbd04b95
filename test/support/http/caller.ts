export interface CallOptions {
	/** Null: none. Default: an admin's. */
	token?: string | null;
	/** Sent as JSON; a string is sent as it is. */
	body?: unknown;
	headers?: Record<string, string>;
}

export interface Answer {
	status: number;
	headers: Headers;
	/** Parsed where it is JSON. */
	body: Record<string, unknown> & { data: Array<Record<string, unknown>> };
	text: string;
}

/** `call('PUT /api/v1/environments/dev', { body })` */
export type Caller = (line: string, options?: CallOptions) => Promise<Answer>;

export function callerOf(url: string, admin: string): Caller {
	return async (line, { token = admin, body, headers = {} } = {}) => {
		const [method = '', path = ''] = line.split(' ');
		const response = await fetch(`${url}${path}`, {
			method,
			headers: {
				...(token === null ? {} : { authorization: `Bearer ${token}` }),
				...(body === undefined ? {} : { 'content-type': 'application/json' }),
				...headers,
			},
			...(body === undefined
				? {}
				: { body: typeof body === 'string' ? body : JSON.stringify(body) }),
		});
		const text = await response.text();
		const isJson = text !== '' && /json/.test(response.headers.get('content-type') ?? '');
		return {
			status: response.status,
			headers: response.headers,
			body: (isJson ? JSON.parse(text) : {}) as Answer['body'],
			text,
		};
	};
}
