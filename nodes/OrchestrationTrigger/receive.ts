import type { IDataObject, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

import { eventItem } from './event-item';
import { registeredOf } from './registration';
import { SeenEvents } from './seen-events';
import { whyRefused } from './signature';
import { optionsOf } from './subscription';

const seenEvents = new SeenEvents();

/**
 * Starts the workflow with one event; n8n answers with the id of the execution. What is not the
 * sidecar's is refused, and what was taken already is confirmed without starting anything. Never
 * throws: n8n would start the workflow with an empty item.
 */
export async function receive(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	const response = context.getResponseObject();
	const answer = (status: number, body: IDataObject): IWebhookResponseData => {
		response.status(status).json(body);
		return { noWebhookResponse: true };
	};
	try {
		const headers = context.getHeaderData() as Record<string, string | undefined>;
		const { secret, name } = registeredOf(context);
		if (!secret) {
			return answer(401, {
				code: 'not_registered',
				detail: 'This node has no subscription. Publish its workflow again.',
			});
		}
		const body = await rawBodyOf(context);
		const { toleranceSeconds = 300 } = optionsOf(context) as { toleranceSeconds?: number };
		const eventId = headers['webhook-id'];
		const why = whyRefused(
			{
				id: eventId,
				timestamp: headers['webhook-timestamp'],
				signature: headers['webhook-signature'],
				body,
			},
			{ secret, nowMs: Date.now(), toleranceSeconds },
		);
		if (why || !eventId) return answer(401, { code: 'signature_invalid', detail: why ?? '' });
		const key = `${name}/${eventId}`;
		const sight = seenEvents.begin(key, Date.now());
		if (sight === 'taken') return answer(200, { eventId, duplicate: true });
		if (sight === 'being-taken') {
			return answer(409, { code: 'in_progress', detail: 'This event is being taken in.' });
		}
		// n8n answers once the execution is written down, and with an error when it could not be.
		response.once('close', () => {
			const taken = response.writableFinished && response.statusCode < 300;
			seenEvents.settle(key, taken, Date.now());
		});
		return { workflowData: [[eventItem(headers, body, eventId)]] };
	} catch (error) {
		return answer(500, { code: 'not_taken', detail: (error as Error).message });
	}
}

/** n8n reads the body for some types only. */
async function rawBodyOf(context: IWebhookFunctions): Promise<Buffer> {
	const request = context.getRequestObject();
	if (!request.rawBody) await request.readRawBody();
	return request.rawBody ?? Buffer.alloc(0);
}
