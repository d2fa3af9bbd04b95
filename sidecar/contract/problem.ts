/** RFC 9457 problem document, media type application/problem+json. */
export interface Problem {
	/** URI reference of the kind: `/problems/<code>`. */
	type: string;
	title: string;
	status: number;
	/** What was expected, what came and what to do next. */
	detail: string;
	/** Stable; branch on this. */
	code: string;
	/** Id of the request, as in the logs. */
	instance: string;
	/** One entry per wrong field, for `invalid_request`. */
	errors?: Array<{ path: string; message: string }>;
	[fact: string]: unknown;
}

/** Answer of every list. */
export interface Page<T> {
	data: T[];
	/** Pass as `cursor` for the next page; null on the last. */
	nextCursor: string | null;
}
