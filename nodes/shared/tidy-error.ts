import type { ErrorFacts } from './error-facts';

/** What went wrong, in json.error: no stack, no request, nothing secret. */
export interface TidyError {
	message: string;
	name?: string;
	description?: string;
	httpStatus?: number;
	/** The node that failed. */
	lastNode?: string;
}

export function tidyError({ message, name, description, httpStatus, node }: ErrorFacts): TidyError {
	return {
		message,
		...(name ? { name } : {}),
		...(description ? { description } : {}),
		...(httpStatus ? { httpStatus } : {}),
		...(node ? { lastNode: node } : {}),
	};
}
