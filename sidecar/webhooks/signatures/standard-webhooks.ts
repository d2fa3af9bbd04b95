import { checkTime, decoded, headerOf, hmacOf, requireMatch, type Scheme } from './scheme';

/**
 * Standard Webhooks 1.0.0 (https://www.standardwebhooks.com): HMAC-SHA256 in base64 over
 * `id.timestamp.body`; several signatures with spaces between, so that a sender can rotate.
 */
export const standardWebhooks: Scheme = {
	sign: ({ id, at, body }, secret) => {
		const timestamp = String(Math.floor(at.getTime() / 1000));
		return {
			'webhook-id': id,
			'webhook-timestamp': timestamp,
			'webhook-signature': `v1,${signature(secret, id, timestamp, body).toString('base64')}`,
		};
	},
	verify: (request, verification) => {
		const id = headerOf(request, 'webhook-id');
		const timestamp = headerOf(request, 'webhook-timestamp');
		const given = headerOf(request, 'webhook-signature')
			.split(' ')
			.filter((part) => part.startsWith('v1,'))
			.map((part) => decoded(part.slice('v1,'.length), 'base64'));
		checkTime(timestamp, verification);
		const { secrets } = verification;
		requireMatch(
			given,
			secrets.map((secret) => signature(secret, id, timestamp, request.body)),
		);
	},
	wrongSecret: (secret) => {
		const bytes = keyOf(secret).length;
		return bytes >= 16
			? null
			: 'whsec_ and at least 16 bytes in base64, or a text of 16 characters';
	},
	timed: true,
	defaults: { eventId: { header: 'webhook-id' }, eventType: { path: 'type' } },
};

function signature(secret: string, id: string, timestamp: string, body: Buffer): Buffer {
	return hmacOf('sha256', keyOf(secret), `${id}.${timestamp}.`, body);
}

/** A secret with the prefix is base64; without it, it is taken as it stands. */
function keyOf(secret: string): Buffer {
	return secret.startsWith('whsec_')
		? Buffer.from(secret.slice('whsec_'.length), 'base64')
		: Buffer.from(secret);
}
