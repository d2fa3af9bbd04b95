import type { CallOutcome } from '../port/run';
import type { TransportResponse } from './transport-request';

/** What the answer of a production webhook tells about the run it was to start. */
export function readCallAnswer(
	{ status, text }: Pick<TransportResponse, 'status' | 'text'>,
	answers: 'at-once' | 'at-end' | 'on-the-way',
): CallOutcome {
	const body = parsed(text);
	if (status >= 200 && status < 300) {
		return answers === 'at-end' ? { status: 'ended', body } : { status: 'started', body };
	}
	const told = messageOf(body) ?? `n8n answered HTTP ${status}`;
	const refused = (lasting: boolean): CallOutcome => ({
		status: 'refused',
		message: told,
		httpStatus: status,
		lasting,
	});
	// In these words, only n8n itself says that nothing was started.
	if (status === 404 && /not registered/i.test(told)) return refused(false);
	if (status === 403 && /authorization data is wrong|ip address/i.test(told)) return refused(true);
	if (status === 413) return refused(true);
	// A gateway, or a workflow that chose this answer: the executions know.
	if (answers === 'on-the-way' || status === 502 || status === 504) return { status: 'unclear' };
	if (status === 429 || status === 503) return refused(false);
	return { status: 'failed', message: told, httpStatus: status };
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return text;
	}
}

function messageOf(body: unknown): string | null {
	const message = (body as { message?: unknown } | null)?.message;
	return typeof message === 'string' ? message : null;
}
