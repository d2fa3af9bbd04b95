import {
	anyText,
	checkTime,
	decoded,
	headerOf,
	hmacOf,
	refusal,
	requireMatch,
	type Scheme,
} from './scheme';

/** Stripe: `Stripe-Signature: t=<seconds>,v1=<hex>`, HMAC-SHA256 over `t.body`; v1 may come twice. */
export const stripe: Scheme = {
	sign: ({ at, body }, secret) => {
		const timestamp = String(Math.floor(at.getTime() / 1000));
		const hex = signature(secret, timestamp, body).toString('hex');
		return { 'stripe-signature': `t=${timestamp},v1=${hex}` };
	},
	verify: (request, verification) => {
		const parts = headerOf(request, 'Stripe-Signature')
			.split(',')
			.map((part) => part.trim().split('=', 2));
		const timestamp = parts.find(([name]) => name === 't')?.[1];
		if (timestamp === undefined) throw refusal('t=… and v1=… in Stripe-Signature');
		checkTime(timestamp, verification);
		requireMatch(
			parts.filter(([name]) => name === 'v1').map(([, hex = '']) => decoded(hex, 'hex')),
			verification.secrets.map((secret) => signature(secret, timestamp, request.body)),
		);
	},
	wrongSecret: anyText,
	timed: true,
	defaults: { eventId: { path: 'id' }, eventType: { path: 'type' } },
};

/** The secret is taken as it stands, with its whsec_. */
function signature(secret: string, timestamp: string, body: Buffer): Buffer {
	return hmacOf('sha256', secret, `${timestamp}.`, body);
}
