import type { ErrorClass, LetterError } from './dead-letter';

const transientCodes =
	/\b(ECONNREFUSED|ECONNRESET|ECONNABORTED|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|EPIPE|ERR_CANCELED)\b/;
/** As n8n's nodes word them; a bare "timeout" may as well be the name of a wrong field. */
const transientWords = [
	/socket hang up|network error|service unavailable|bad gateway/i,
	/perhaps (it|the server) is offline|connection cannot be established|refused the connection/i,
	/connection\b.{0,40}\b(aborted|reset|refused|closed|lost|terminated|interrupted)/i,
	/timed[ -]out|time-?out\b.{0,20}\b(exceeded|expired|reached|after|of \d)/i,
	/(connection|connect|request|response|gateway|socket|read|write|query|statement|lock) time-?out/i,
	/deadlock detected|too many connections/i,
];
const quotaWords = /too many requests|rate limit|quota (exceeded|reached)|insufficient_quota/i;
const authWords =
	/unauthori[sz]ed|invalid (api key|token|credentials)|invalid_grant|token (has )?expired|authorization (failed|data is wrong)|forbidden|credentials? (not found|are not set)|does not have any credentials/i;
const bugNames = /^(TypeError|ReferenceError|SyntaxError|RangeError|ExpressionError)$/;
const bugWords =
	/is not (defined|a function|iterable)|cannot read propert|unexpected token|unrecognized node type|referenced node|doesn't return items properly/i;

/**
 * Says what kind of failure it was: by HTTP status (RFC 9110, RFC 6585), else by error code, class and words.
 * What the code that failed says may not be tried again is no failure that passes by itself.
 */
export function classify(error: LetterError & { nonRetryable?: boolean }): ErrorClass {
	const found = classOfError(error);
	const mayPass = found === 'transient' || found === 'quota' || found === 'unknown';
	return error.nonRetryable === true && mayPass ? 'data' : found;
}

function classOfError(error: LetterError): ErrorClass {
	const byStatus = error.httpStatus === null ? null : classOfStatus(error.httpStatus);
	if (byStatus) return byStatus;
	if (error.name === 'WorkflowCrashedError') return 'transient';
	// The Code node names the class of what was thrown in the description.
	if (bugNames.test(error.name) || bugNames.test(error.description ?? '')) return 'bug';
	const text = `${error.message} ${error.description ?? ''}`;
	if (bugWords.test(text)) return 'bug';
	if (quotaWords.test(text)) return 'quota';
	if (authWords.test(text)) return 'auth';
	if (transientCodes.test(text) || transientWords.some((words) => words.test(text))) {
		return 'transient';
	}
	return 'unknown';
}

function classOfStatus(status: number): ErrorClass | null {
	if (status === 429) return 'quota';
	if (status === 401 || status === 403 || status === 407) return 'auth';
	// Not Implemented, HTTP Version Not Supported: asking again does not change the server.
	if (status === 501 || status === 505) return 'bug';
	if (status === 408 || status === 425 || status >= 500) return 'transient';
	if (status >= 400) return 'data';
	return null;
}
