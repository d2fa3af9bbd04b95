import {
	createHash,
	createPrivateKey,
	createPublicKey,
	hkdfSync,
	sign,
	verify,
	type KeyObject,
} from 'node:crypto';

/** Who vouches for a release file: Ed25519 (RFC 8032) over its canonical JSON. */
export interface Signature {
	algorithm: 'ed25519';
	/** First 16 hex digits of the SHA-256 of the public key. */
	keyId: string;
	/** The 32 bytes as base64. */
	publicKey: string;
	/** The 64 bytes as base64. */
	value: string;
}

export interface ReleaseSigner {
	readonly publicKey: string;
	readonly keyId: string;
	sign(text: string): Signature;
	/** `forged`: it is not a signature of this text by the key it names. `unknown`: nobody said to trust the key. */
	judge(signature: Signature, text: string): 'trusted' | 'unknown' | 'forged';
}

// RFC 8410: what stands before the 32 bytes of an Ed25519 key in DER.
const privatePrefix = Buffer.from('302e020100300506032b657004220420', 'hex');
const publicPrefix = Buffer.from('302a300506032b6570032100', 'hex');

/**
 * The signing key of a sidecar follows from its encryption key (HKDF, RFC 5869), so that all replicas share
 * it and nothing more has to be kept. Former encryption keys that are still given are trusted too.
 * @param encryptionKeys 32 bytes each; the first signs
 * @param trusted public keys of others, 32 bytes as base64
 */
export function createReleaseSigner(encryptionKeys: Buffer[], trusted: string[]): ReleaseSigner {
	const [own, ...former] = encryptionKeys.map(keyFrom);
	if (!own) throw new TypeError('expected an encryption key');
	const publicKey = textOf(own);
	const keyId = keyIdOf(publicKey);
	const known = new Set([publicKey, ...former.map(textOf), ...trusted.map(respelled)]);
	return {
		publicKey,
		keyId,
		sign: (text) => ({
			algorithm: 'ed25519',
			keyId,
			publicKey,
			value: sign(null, Buffer.from(text), own).toString('base64'),
		}),
		judge: (signature, text) => {
			const bytes = Buffer.from(signature.publicKey, 'base64');
			const value = Buffer.from(signature.value, 'base64');
			if (bytes.length !== 32 || signature.keyId !== keyIdOf(signature.publicKey)) return 'forged';
			const key = createPublicKey({
				key: Buffer.concat([publicPrefix, bytes]),
				format: 'der',
				type: 'spki',
			});
			if (!verify(null, Buffer.from(text), key, value)) return 'forged';
			return known.has(respelled(signature.publicKey)) ? 'trusted' : 'unknown';
		},
	};
}

function keyFrom(encryptionKey: Buffer): KeyObject {
	const purpose = 'n8n orchestration release signature ed25519 v1';
	const seed = Buffer.from(hkdfSync('sha256', encryptionKey, Buffer.alloc(0), purpose, 32));
	return createPrivateKey({
		key: Buffer.concat([privatePrefix, seed]),
		format: 'der',
		type: 'pkcs8',
	});
}

function textOf(key: KeyObject): string {
	const der = createPublicKey(key).export({ format: 'der', type: 'spki' });
	return der.subarray(publicPrefix.length).toString('base64');
}

function keyIdOf(publicKey: string): string {
	const bytes = Buffer.from(publicKey, 'base64');
	return createHash('sha256').update(bytes).digest('hex').slice(0, 16);
}

/** One spelling for base64 and base64url. */
function respelled(publicKey: string): string {
	return Buffer.from(publicKey, 'base64').toString('base64');
}
