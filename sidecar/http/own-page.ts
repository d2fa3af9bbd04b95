import { createHash, timingSafeEqual } from 'node:crypto';
import { OrchestrationError } from '../kernel/errors';

/** What of a request tells which page sent it. */
export interface SentBy {
	host: string | undefined;
	/** Of the Origin header. */
	origin: string | undefined;
	fetchSite: string | undefined;
	csrfToken: string | undefined;
}

export function sentByOf(header: (name: string) => string | undefined): SentBy {
	return {
		host: header('host')?.toLowerCase(),
		origin: header('origin'),
		fetchSite: header('sec-fetch-site'),
		csrfToken: header('x-csrf-token'),
	};
}

/**
 * Refuses what a page of another site makes a browser send. A program that is no browser sends
 * neither header.
 * @param origin of ours; null: whatever the request was sent to
 * @throws csrf_token_invalid
 */
export function requireOwnOrigin(sentBy: SentBy, origin: string | null): void {
	const { fetchSite } = sentBy;
	if (fetchSite !== undefined && fetchSite !== 'same-origin' && fetchSite !== 'none') {
		throw foreign('a page of another site sent this');
	}
	if (sentBy.origin === undefined) return;
	const isOurs =
		origin === null
			? URL.parse(sentBy.origin)?.host === sentBy.host
			: sentBy.origin.toLowerCase() === origin;
	if (!isOurs) throw foreign(`the origin ${sentBy.origin.slice(0, 200)} sent this`);
}

/**
 * A cookie alone proves nothing: the browser sends it along with whatever page asks.
 * @throws csrf_token_invalid
 */
export function requireCsrfToken(sentBy: SentBy, expected: string): void {
	const given = sentBy.csrfToken;
	// Hashes are of one length, which constant time needs.
	if (given !== undefined && timingSafeEqual(digest(given), digest(expected))) return;
	throw foreign(
		given === undefined
			? 'the header x-csrf-token is not there'
			: 'x-csrf-token is of another session',
	);
}

function digest(text: string): Buffer {
	return createHash('sha256').update(text).digest();
}

function foreign(what: string): OrchestrationError {
	return new OrchestrationError(
		'csrf_token_invalid',
		`Expected a request of the console's own page, but ${what}. Send the csrfToken of ` +
			'GET /session in the header x-csrf-token, from the address of the sidecar.',
	);
}
