import type { SignatureFormat } from '../endpoint';
import { anyText, checkTime, decoded, headerOf, hmacOf, requireMatch, type Scheme } from './scheme';

const defaultHeader = 'X-Signature';

/** An HMAC in a header of the sender's own making, see `SignatureFormat`. */
export const hmac: Scheme = {
	sign: ({ at, body }, secret, format) => {
		const { timestampHeader, encoding, prefix } = format;
		const timestamp = timestampHeader === null ? null : String(Math.floor(at.getTime() / 1000));
		const value = signature(secret, format, timestamp, body).toString(encoding);
		return {
			[(format.header ?? defaultHeader).toLowerCase()]: `${prefix}${value}`,
			...(timestampHeader === null ? {} : { [timestampHeader.toLowerCase()]: timestamp ?? '' }),
		};
	},
	verify: (request, verification) => {
		const { format, secrets } = verification;
		const { timestampHeader, encoding, prefix } = format;
		const timestamp = timestampHeader === null ? null : headerOf(request, timestampHeader);
		const given = headerOf(request, format.header ?? defaultHeader);
		if (timestamp !== null) checkTime(timestamp, verification);
		requireMatch(
			given.startsWith(prefix) ? [decoded(given.slice(prefix.length), encoding)] : [],
			secrets.map((secret) => signature(secret, format, timestamp, request.body)),
		);
	},
	wrongSecret: anyText,
	timed: false,
	defaults: { eventId: null, eventType: { path: 'type' } },
};

function signature(
	secret: string,
	{ algorithm, separator }: SignatureFormat,
	timestamp: string | null,
	body: Buffer,
): Buffer {
	return timestamp === null
		? hmacOf(algorithm, secret, body)
		: hmacOf(algorithm, secret, `${timestamp}${separator}`, body);
}
