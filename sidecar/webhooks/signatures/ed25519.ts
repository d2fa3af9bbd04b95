import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import type { SignatureFormat } from '../endpoint';
import { checkTime, decoded, headerOf, refusal, type Scheme } from './scheme';

const defaultHeader = 'X-Signature-Ed25519';

/** What stands before the 32 bytes of a public key in its DER form (RFC 8410). */
const derPrefix = Buffer.from('302a300506032b6570032100', 'hex');

/**
 * Ed25519 (RFC 8032) over the time, the separator and the body, or the body alone. The sender keeps
 * the private key, the secrets of the endpoint are public keys. Discord signs so.
 */
export const ed25519: Scheme = {
	sign: ({ at, body }, privateKeyPem, format) => {
		const { timestampHeader, encoding, prefix } = format;
		const timestamp = timestampHeader === null ? null : String(Math.floor(at.getTime() / 1000));
		const key = createPrivateKey(privateKeyPem);
		const value = sign(null, signed(format, timestamp, body), key).toString(encoding);
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
		const signature = decoded(given.startsWith(prefix) ? given.slice(prefix.length) : '', encoding);
		const message = signed(format, timestamp, request.body);
		const keys = secrets.map(publicKey).filter((key) => key !== null);
		if (keys.some((key) => verify(null, message, key, signature))) return;
		throw refusal('a signature that one of the public keys of this endpoint confirms');
	},
	wrongSecret: (secret) =>
		publicKey(secret) ? null : 'an Ed25519 public key: 32 bytes in hex or base64, or PEM',
	timed: false,
	defaults: { eventId: null, eventType: { path: 'type' } },
};

function signed({ separator }: SignatureFormat, timestamp: string | null, body: Buffer): Buffer {
	return timestamp === null ? body : Buffer.concat([Buffer.from(`${timestamp}${separator}`), body]);
}

function publicKey(text: string): KeyObject | null {
	try {
		if (text.includes('BEGIN')) {
			const key = createPublicKey(text);
			return key.asymmetricKeyType === 'ed25519' ? key : null;
		}
		const bytes = decoded(text, /^[0-9a-f]{64}$/i.test(text) ? 'hex' : 'base64');
		if (bytes.length !== 32) return null;
		const der = Buffer.concat([derPrefix, bytes]);
		return createPublicKey({ key: der, format: 'der', type: 'spki' });
	} catch {
		return null; // not a key at all
	}
}
