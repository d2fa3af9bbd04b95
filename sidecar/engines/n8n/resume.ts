import { isOrchestrationError, OrchestrationError } from '../../kernel/errors';
import type { ResumeOutcome, ResumeRequest } from '../port/run';
import { getReadiness } from './instance-endpoints';
import { messageOf } from './response-errors';
import type { N8nTransport } from './transport';
import type { TransportResponse } from './transport-request';

/** Path of the webhook of our nodes, so that no other node that waits takes the call. */
const suffix = 'orchestration';

/** Ends a wait by the resume webhook of an execution, as n8n answers it (2.40). */
export async function resumeExecution(
	transport: N8nTransport,
	{ executionId, token, body }: ResumeRequest,
	timeoutMs: number,
): Promise<ResumeOutcome> {
	await whenReady(transport);
	const request = {
		method: 'POST',
		path: `/webhook-waiting/${encodeURIComponent(executionId)}/${suffix}`,
		query: { signature: token },
		body,
		timeoutMs,
		withApiKey: false,
		longRunning: true,
		mayFail: true,
	} as const;
	let response: TransportResponse;
	try {
		response = await transport.send(request);
	} catch (error) {
		const isLost =
			isOrchestrationError(error, 'engine_timeout') ||
			(isOrchestrationError(error, 'engine_unreachable') && error.details['sent'] === true);
		if (isLost) return { status: 'in-doubt', message: error.message };
		throw error;
	}
	if (isAway(response)) throw transport.errorOf(request, response);
	return readResume(response, token);
}

/**
 * An n8n that starts again looks through what it left unfinished. What is resumed in the midst of
 * that can be taken for crashed.
 */
async function whenReady(transport: N8nTransport): Promise<void> {
	if ((await getReadiness(transport)) !== 503) return;
	throw new OrchestrationError(
		'engine_unreachable',
		`n8n of environment "${transport.environment}" is starting and takes no work yet; try again soon`,
		{ details: { environment: transport.environment, sent: false } },
	);
}

/** A gateway, or n8n while it starts; a node of ours that cannot go on gives a code. */
function isAway({ status, text }: TransportResponse): boolean {
	if (status === 429) return true;
	return [502, 503, 504].includes(status) && typeof codeIn(text) !== 'string';
}

/** Only n8n's own words settle anything: a gateway in front of it also knows 401, 404 and 409. */
export function readResume(
	{ status, text }: Pick<TransportResponse, 'status' | 'text'>,
	token: string,
): ResumeOutcome {
	if (status >= 200 && status < 300) return { status: 'resumed' };
	const said = messageOf(text, [token]);
	const gone = (because: Extract<ResumeOutcome, { status: 'gone' }>['because']): ResumeOutcome => ({
		status: 'gone',
		because,
	});
	if (status === 410 || (status === 409 && codeIn(text) === 'other_ticket'))
		return gone('moved-on');
	if (status === 409 && /is running already/i.test(said)) return { status: 'running' };
	if (status === 409 && /has finished with error/i.test(said)) return gone('failed');
	if (status === 409 && /has finished already/i.test(said)) return gone('finished');
	if (status === 404 && /does not exist/i.test(said)) return gone('deleted');
	if (status === 404 && /does not contain a waiting webhook/i.test(said)) return gone('moved-on');
	if (status === 401 && /invalid token/i.test(text)) return gone('token-refused');
	const message = `n8n answered ${status}: ${said}`;
	return status === 500 ? { status: 'in-doubt', message } : { status: 'refused', message };
}

function codeIn(text: string): unknown {
	try {
		const body: unknown = JSON.parse(text);
		return typeof body === 'object' && body !== null && 'code' in body ? body.code : null;
	} catch {
		return null;
	}
}
