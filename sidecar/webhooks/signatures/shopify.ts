import { anyText, decoded, headerOf, hmacOf, requireMatch, type Scheme } from './scheme';

/** Shopify: `X-Shopify-Hmac-SHA256: <base64>`, HMAC-SHA256 over the body. It signs no time. */
export const shopify: Scheme = {
	sign: ({ id, body }, secret) => ({
		'x-shopify-webhook-id': id,
		'x-shopify-hmac-sha256': hmacOf('sha256', secret, body).toString('base64'),
	}),
	verify: (request, { secrets }) => {
		requireMatch(
			[decoded(headerOf(request, 'X-Shopify-Hmac-SHA256'), 'base64')],
			secrets.map((secret) => hmacOf('sha256', secret, request.body)),
		);
	},
	wrongSecret: anyText,
	timed: false,
	defaults: {
		eventId: { header: 'X-Shopify-Webhook-Id' },
		eventType: { header: 'X-Shopify-Topic' },
	},
};
