import { createHmac, timingSafeEqual, type BinaryLike } from 'node:crypto';
import { OrchestrationError } from '../../kernel/errors';
import type { EventSource, SignatureFormat } from '../endpoint';

/** How far the time of a signature may be from ours, either way, unless the endpoint says otherwise. */
export const defaultToleranceSeconds = 300;

/** What is verified: the bytes as they came, and headers with lower-case names. */
export interface SignedRequest {
	headers: Record<string, string>;
	body: Buffer;
}

export interface Verification {
	/** Any of them may have signed. */
	secrets: readonly string[];
	now: Date;
	toleranceSeconds: number;
	format: SignatureFormat;
}

export interface Message {
	id: string;
	at: Date;
	body: Buffer;
}

/** One way of signing: both sides of it in one place. */
export interface Scheme {
	/** Headers that a sender adds. */
	sign(message: Message, secret: string, format: SignatureFormat): Record<string, string>;
	/** @throws webhook_signature_invalid */
	verify(request: SignedRequest, verification: Verification): void;
	/** Null when the text can be a secret of this scheme, else what was expected. */
	wrongSecret(secret: string): string | null;
	/** True: what is signed holds a time, so an old request is refused. */
	timed: boolean;
	/** Where the provider has them. */
	defaults: { eventId: EventSource | null; eventType: EventSource | null };
}

export const noFormat: SignatureFormat = {
	header: null,
	algorithm: 'sha256',
	encoding: 'hex',
	prefix: '',
	timestampHeader: null,
	separator: '',
};

/** The one error of all schemes. The message never repeats what was sent. */
export function refusal(expected: string): OrchestrationError {
	return new OrchestrationError(
		'webhook_signature_invalid',
		`Expected ${expected}. Nothing was taken in; compare the secret here with the sender's, and send the body unchanged.`,
	);
}

/** @throws webhook_signature_invalid when the header is not there */
export function headerOf({ headers }: SignedRequest, name: string): string {
	const value = headers[name.toLowerCase()];
	if (value !== undefined && value !== '') return value;
	throw refusal(`the header ${name}, got none`);
}

/** Holds the time of a signature, in seconds since 1970, against ours. @throws webhook_signature_invalid */
export function checkTime(
	text: string,
	{ now, toleranceSeconds }: Pick<Verification, 'now' | 'toleranceSeconds'>,
): void {
	if (!/^\d{1,12}$/.test(text)) throw refusal('the time of signing in seconds since 1970');
	const apart = Math.abs(now.getTime() / 1000 - Number(text));
	if (apart <= toleranceSeconds) return;
	throw refusal(
		`a signature made at most ${toleranceSeconds} seconds ago, this one is ${Math.round(apart)} seconds from our time`,
	);
}

export function hmacOf(algorithm: string, key: BinaryLike, ...parts: BinaryLike[]): Buffer {
	const hmac = createHmac(algorithm, key);
	for (const part of parts) hmac.update(part);
	return hmac.digest();
}

/** Every pair is compared in constant time. @throws webhook_signature_invalid when none is the same */
export function requireMatch(given: readonly Buffer[], expected: readonly Buffer[]): void {
	let found = false;
	for (const one of given) {
		for (const other of expected) {
			if (one.length === other.length && timingSafeEqual(one, other)) found = true;
		}
	}
	if (!found) throw refusal('a signature made with one of the secrets of this endpoint');
}

/** The bytes of a signature; empty, which matches nothing, when it is not written that way. */
export function decoded(text: string, encoding: 'hex' | 'base64'): Buffer {
	const right = encoding === 'hex' ? /^([0-9a-f]{2})+$/i : /^[\w+/-]+={0,2}$/;
	return right.test(text) ? Buffer.from(text, encoding) : Buffer.alloc(0);
}

export function anyText(secret: string): string | null {
	return secret === '' ? 'a secret, as the sender shows it' : null;
}
