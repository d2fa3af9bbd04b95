import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import type { SystemEventBody } from '../../sidecar/contract/webhooks';
import { SYSTEM_ENDPOINT } from './subscription';

/**
 * What the workflow begins with. Of the sidecar's own events: eventId, type, timestamp, subject,
 * environment, data. Of an endpoint's: eventId, endpoint, type, body.
 */
export function eventItem(
	headers: Record<string, string | undefined>,
	body: Buffer,
	eventId: string,
): INodeExecutionData {
	const endpoint = headers['x-orchestration-endpoint'] ?? SYSTEM_ENDPOINT;
	const content = contentOf(body);
	if (endpoint === SYSTEM_ENDPOINT) {
		return { json: { eventId, ...(content as SystemEventBody) } as unknown as IDataObject };
	}
	const type = decodeURI(headers['x-orchestration-event-type'] ?? 'unknown');
	return { json: { eventId, endpoint, type, body: content as IDataObject } };
}

/** JSON where it is some, otherwise the text. */
function contentOf(body: Buffer): unknown {
	const text = body.toString('utf8');
	try {
		return JSON.parse(text);
	} catch {
		return text;
	}
}
