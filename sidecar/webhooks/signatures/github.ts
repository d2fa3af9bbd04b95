import { anyText, decoded, headerOf, hmacOf, requireMatch, type Scheme } from './scheme';

const prefix = 'sha256=';

/** GitHub: `X-Hub-Signature-256: sha256=<hex>`, HMAC-SHA256 over the body. It signs no time. */
export const github: Scheme = {
	sign: ({ id, body }, secret) => ({
		'x-github-delivery': id,
		'x-hub-signature-256': `${prefix}${hmacOf('sha256', secret, body).toString('hex')}`,
	}),
	verify: (request, { secrets }) => {
		const given = headerOf(request, 'X-Hub-Signature-256');
		requireMatch(
			given.startsWith(prefix) ? [decoded(given.slice(prefix.length), 'hex')] : [],
			secrets.map((secret) => hmacOf('sha256', secret, request.body)),
		);
	},
	wrongSecret: anyText,
	timed: false,
	defaults: {
		eventId: { header: 'X-GitHub-Delivery' },
		eventType: { header: 'X-GitHub-Event' },
	},
};
