import { once as nextEvent } from 'node:events';
import type { Response } from 'express';
import { problemMediaType } from './problem';
import type { AnyReply, Route, ServerSentEvent } from './route';

/** Sends what a handler answered. Resolves when all of it is handed over. */
export async function respond(
	route: Route,
	reply: AnyReply,
	response: Response,
	/** Of the stream: asked for only when there is one. */
	signal: () => AbortSignal,
): Promise<void> {
	response.status(reply.status);
	if (reply.headers) response.set(reply.headers);
	if (reply.events) {
		await sendEvents(reply.events, response, signal());
	} else if (reply.text !== undefined) {
		const spec = route.responses[reply.status];
		response.set('Content-Type', spec && 'text' in spec ? spec.text : 'text/plain; charset=utf-8');
		response.send(reply.text);
	} else if (reply.body === undefined) {
		response.end();
	} else {
		sendJson(response, reply.body);
	}
}

/** As `response.json`, without asking what it is that is sent. */
function sendJson(response: Response, body: unknown): void {
	const text = JSON.stringify(body);
	if (!response.hasHeader('Content-Type')) {
		response.setHeader('Content-Type', 'application/json; charset=utf-8');
	}
	response.setHeader('Content-Length', Buffer.byteLength(text));
	response.end(text);
}

/** Sends an answer that was kept for an Idempotency-Key. */
export function replay(response: Response, status: number, body: unknown): void {
	response.status(status).set('Idempotency-Replayed', 'true');
	if (status >= 400) response.type(problemMediaType);
	if (body === null) response.end();
	else response.json(body);
}

/** Proxies close a silent connection; a comment line keeps it. */
const heartbeatMs = 15_000;

async function sendEvents(
	events: AsyncIterable<ServerSentEvent<unknown>>,
	response: Response,
	signal: AbortSignal,
): Promise<void> {
	response.set({
		'Content-Type': 'text/event-stream',
		'X-Accel-Buffering': 'no',
		Connection: 'close',
	});
	response.flushHeaders();
	const heartbeat = setInterval(() => response.write(': still here\n\n'), heartbeatMs);
	try {
		for await (const event of events) {
			if (signal.aborted) break;
			if (!response.write(format(event))) await nextEvent(response, 'drain', { signal });
		}
	} catch (error) {
		// The end of the connection is the usual end of a stream.
		if (!signal.aborted) throw error;
	} finally {
		clearInterval(heartbeat);
		response.end();
	}
}

function format({ id, event, data }: ServerSentEvent<unknown>): string {
	const lines = [`data: ${JSON.stringify(data)}`];
	if (event !== undefined) lines.unshift(`event: ${event}`);
	if (id !== undefined) lines.unshift(`id: ${id}`);
	return `${lines.join('\n')}\n\n`;
}
