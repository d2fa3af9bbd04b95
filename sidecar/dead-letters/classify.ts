import type { ErrorClass, LetterError } from './dead-letter';

const transientCodes =
	/\b(ECONNREFUSED|ECONNRESET|ECONNABORTED|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|EPIPE|ERR_CANCELED)\b|socket hang up|timed? ?out|timeout|connection was (aborted|reset|refused)|service unavailable|network error/i;
const quotaWords = /too many requests|rate limit|quota (exceeded|reached)/i;
const authWords =
	/unauthori[sz]ed|invalid (api key|token|credentials)|authorization (failed|data is wrong)|forbidden/i;
const bugNames = /^(TypeError|ReferenceError|SyntaxError|RangeError|ExpressionError)$/;
const bugWords =
	/is not (defined|a function|iterable)|cannot read propert|unexpected token|unrecognized node type/i;

/**
 * Says what kind of failure it was: by HTTP status (RFC 9110, RFC 6585), else by error code, class and words.
 */
export function classify(error: LetterError): ErrorClass {
	const byStatus = error.httpStatus === null ? null : classOfStatus(error.httpStatus);
	if (byStatus) return byStatus;
	if (error.name === 'WorkflowCrashedError') return 'transient';
	const text = `${error.message} ${error.description ?? ''}`;
	if (bugNames.test(error.name) || bugWords.test(text)) return 'bug';
	if (quotaWords.test(text)) return 'quota';
	if (authWords.test(text)) return 'auth';
	if (transientCodes.test(text)) return 'transient';
	return 'unknown';
}

function classOfStatus(status: number): ErrorClass | null {
	if (status === 429) return 'quota';
	if (status === 401 || status === 403 || status === 407) return 'auth';
	if (status === 408 || status === 425 || status >= 500) return 'transient';
	if (status >= 400) return 'data';
	return null;
}
