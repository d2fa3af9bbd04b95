import type { EventDetail } from './webhooks';

/** The body as JSON where it is some, else as the text or the base64 it is. */
export function bodyOf({ body }: Pick<EventDetail, 'body'>): unknown {
	if (body.encoding === 'base64') return `base64: ${body.data}`;
	try {
		return JSON.parse(body.data) as unknown;
	} catch {
		return body.data;
	}
}
