import { anyText, checkTime, decoded, headerOf, hmacOf, requireMatch, type Scheme } from './scheme';

const prefix = 'v0=';

/** Slack: `X-Slack-Signature: v0=<hex>`, HMAC-SHA256 over `v0:<seconds>:body`. */
export const slack: Scheme = {
	sign: ({ at, body }, secret) => {
		const timestamp = String(Math.floor(at.getTime() / 1000));
		return {
			'x-slack-request-timestamp': timestamp,
			'x-slack-signature': `${prefix}${signature(secret, timestamp, body).toString('hex')}`,
		};
	},
	verify: (request, verification) => {
		const timestamp = headerOf(request, 'X-Slack-Request-Timestamp');
		const given = headerOf(request, 'X-Slack-Signature');
		checkTime(timestamp, verification);
		requireMatch(
			given.startsWith(prefix) ? [decoded(given.slice(prefix.length), 'hex')] : [],
			verification.secrets.map((secret) => signature(secret, timestamp, request.body)),
		);
	},
	wrongSecret: anyText,
	timed: true,
	defaults: { eventId: { path: 'event_id' }, eventType: { path: 'event.type' } },
};

function signature(secret: string, timestamp: string, body: Buffer): Buffer {
	return hmacOf('sha256', secret, `v0:${timestamp}:`, body);
}
