import { createHmac, timingSafeEqual } from 'node:crypto';

export interface SignedRequest {
	id: string | undefined;
	/** Seconds since 1970. */
	timestamp: string | undefined;
	/** One or more of `v1,<base64>`, with spaces between. */
	signature: string | undefined;
	/** As it came, byte for byte. */
	body: Buffer;
}

export interface Verification {
	/** `whsec_` and base64. */
	secret: string;
	nowMs: number;
	toleranceSeconds: number;
}

/**
 * Holds a request against Standard Webhooks 1.0.0 (https://www.standardwebhooks.com): HMAC-SHA256 in
 * base64 over `id.timestamp.body`. Signatures are compared in constant time.
 *
 * @returns why it is refused; undefined when it is right
 */
export function whyRefused(
	{ id, timestamp, signature, body }: SignedRequest,
	{ secret, nowMs, toleranceSeconds }: Verification,
): string | undefined {
	if (!id || !timestamp || !signature) {
		return 'expected the headers webhook-id, webhook-timestamp and webhook-signature';
	}
	const age = Math.abs(nowMs / 1000 - Number(timestamp));
	if (!/^\d+$/.test(timestamp) || !(age <= toleranceSeconds)) {
		return `expected a webhook-timestamp within ${toleranceSeconds} s of the time here`;
	}
	const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
	const right = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest();
	const given = signature
		.split(' ')
		.filter((each) => each.startsWith('v1,'))
		.map((each) => Buffer.from(each.slice('v1,'.length), 'base64'));
	const matches = given.some(
		(each) => each.length === right.length && timingSafeEqual(each, right),
	);
	return matches ? undefined : 'expected the signature of the sidecar';
}
