import type { components } from './schema';

export type ProblemDocument = components['schemas']['Problem'];

/** What the sidecar refused, in its own words (RFC 9457). */
export class ApiProblem extends Error {
	constructor(readonly problem: ProblemDocument) {
		super(problem.detail);
		this.name = 'ApiProblem';
	}
	get code(): string {
		return this.problem.code;
	}
	get status(): number {
		return this.problem.status;
	}
}

/** No answer of the sidecar came: it is down, or the network is. */
export class Unreachable extends Error {
	constructor(options?: ErrorOptions) {
		super('The sidecar does not answer.', options);
		this.name = 'Unreachable';
	}
}

export function isProblem(error: unknown, code?: string): error is ApiProblem {
	return error instanceof ApiProblem && (code === undefined || error.code === code);
}

/** A proxy in between may answer with something that is no problem document. */
export function problemFrom(response: Response, body: unknown): Error {
	if (typeof body === 'object' && body !== null && 'code' in body && 'detail' in body) {
		return new ApiProblem(body as ProblemDocument);
	}
	if ([502, 503, 504].includes(response.status)) return new Unreachable();
	return new Error(
		`Expected a problem document, got status ${response.status} and something else.`,
	);
}
