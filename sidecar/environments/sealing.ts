import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { OrchestrationError } from '../kernel/errors';

/**
 * Keeps secrets at rest: AES-256-GCM, one box a secret, as `v1.<key id>.<iv>.<tag>.<data>`.
 * The place a box stands in is authenticated with it: moved to another place it does not open.
 */
export interface Sealing {
	/** @param place where the box will stand, e.g. `production/access` */
	seal(secret: string, place: string): string;
	/** @throws secret_unreadable */
	open(box: string, place: string): string;
	/** True when the box was closed with a key that is no longer the first. */
	isStale(box: string): boolean;
	/** The same secret under the first key. @throws secret_unreadable */
	reseal(box: string, place: string): string;
}

const keyBytes = 32;
const ivBytes = 12;
const tagBytes = 16;

interface SealingKey {
	id: string;
	bytes: Buffer;
}

/**
 * @param keys 32 bytes each; the first seals, all open
 * @param random source of initialisation vectors; default the system's
 */
export function createSealing(
	keys: Buffer[],
	random: (size: number) => Buffer = randomBytes,
): Sealing {
	const ring = keys.map((bytes) => ({ id: keyId(bytes), bytes }));
	const [first] = ring;
	if (!first || ring.some((key) => key.bytes.length !== keyBytes)) {
		throw new OrchestrationError(
			'configuration_invalid',
			`Expected at least one encryption key of ${keyBytes} bytes; set ORCHESTRATION_ENCRYPTION_KEY.`,
		);
	}
	const seal = (secret: string, place: string): string => {
		const iv = random(ivBytes);
		const cipher = createCipheriv('aes-256-gcm', first.bytes, iv);
		cipher.setAAD(Buffer.from(place));
		const data = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
		const parts = [iv, cipher.getAuthTag(), data].map((part) => part.toString('base64url'));
		return ['v1', first.id, ...parts].join('.');
	};
	const open = (box: string, place: string): string => openBox(ring, box, place);
	return {
		seal,
		open,
		isStale: (box) => box.split('.')[1] !== first.id,
		reseal: (box, place) => seal(open(box, place), place),
	};
}

/** The 32 bytes written as base64 (44 characters), base64url (43) or hex (64); null when they are not. */
export function readKey(text: string): Buffer | null {
	if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, 'hex');
	if (!/^[\w+/-]{43}=?$/.test(text)) return null;
	return Buffer.from(text, 'base64');
}

function openBox(ring: SealingKey[], box: string, place: string): string {
	const [version, id, iv, tag, data, ...rest] = box.split('.');
	if (version !== 'v1' || !id || !iv || !tag || data === undefined || rest.length > 0) {
		throw unreadable(place, 'is not a box of ours');
	}
	const key = ring.find((candidate) => candidate.id === id);
	if (!key) {
		const known = ring.map((candidate) => candidate.id).join(', ');
		throw unreadable(place, `was sealed with key ${id}, we hold ${known}`);
	}
	try {
		const decipher = createDecipheriv('aes-256-gcm', key.bytes, Buffer.from(iv, 'base64url'), {
			authTagLength: tagBytes,
		});
		decipher.setAAD(Buffer.from(place));
		decipher.setAuthTag(Buffer.from(tag, 'base64url'));
		const opened = decipher.update(Buffer.from(data, 'base64url'));
		return Buffer.concat([opened, decipher.final()]).toString('utf8');
	} catch (cause) {
		throw unreadable(place, 'was altered or belongs to another place', cause);
	}
}

function unreadable(place: string, what: string, cause?: unknown): OrchestrationError {
	return new OrchestrationError(
		'secret_unreadable',
		`The sealed secret of ${place} ${what}. Give the former key back in ORCHESTRATION_ENCRYPTION_KEY ` +
			'(after the new one, with a comma), or put what it belongs to again, this time with its secrets.',
		{ details: { place }, cause },
	);
}

function keyId(key: Buffer): string {
	return createHash('sha256').update('orchestration key id').update(key).digest('hex').slice(0, 8);
}
