import { randomBytes } from 'node:crypto';
import { createSealing, readKey } from '../../sidecar/environments/sealing';
import { OrchestrationError } from '../../sidecar/kernel/errors';

const first = randomBytes(32);
const second = randomBytes(32);
const secret = '{"apiKey":"n8n_api_ключ"}';

function codeOf(work: () => unknown): string {
	try {
		work();
	} catch (error) {
		if (error instanceof OrchestrationError) return error.code;
		throw error;
	}
	return 'no error';
}

it('opens what it sealed', () => {
	const sealing = createSealing([first]);
	const box = sealing.seal(secret, 'dev/access');
	expect(box).toMatch(/^v1\.[0-9a-f]{8}(\.[\w-]+){3}$/);
	expect(sealing.open(box, 'dev/access')).toBe(secret);
	expect(sealing.open(sealing.seal('', 'dev/access'), 'dev/access')).toBe('');
});

it('never seals the same secret into the same box', () => {
	const sealing = createSealing([first]);
	expect(sealing.seal(secret, 'dev/access')).not.toBe(sealing.seal(secret, 'dev/access'));
});

it('does not open a box that was moved to another place', () => {
	const sealing = createSealing([first]);
	const box = sealing.seal(secret, 'dev/access');
	expect(codeOf(() => sealing.open(box, 'production/access'))).toBe('secret_unreadable');
});

it('does not open a box of which any part was altered', () => {
	const sealing = createSealing([first]);
	const parts = sealing.seal(secret, 'dev/access').split('.');
	const outcomes = parts.map((part, index) => {
		const altered = parts.with(index, (part.startsWith('A') ? 'B' : 'A') + part.slice(1));
		return codeOf(() => sealing.open(altered.join('.'), 'dev/access'));
	});
	expect(outcomes).toEqual(parts.map(() => 'secret_unreadable'));
});

it.each(['', 'v1', 'v2.a.b.c.d', 'v1.a.b.c.d.e', 'v1.aaaaaaaa.bbbb.cccc.'])(
	'refuses what is not a box: "%s"',
	(box) => {
		const sealing = createSealing([first]);
		expect(codeOf(() => sealing.open(box, 'dev/access'))).toBe('secret_unreadable');
	},
);

it('does not take a shortened authentication tag', () => {
	const sealing = createSealing([first]);
	const parts = sealing.seal(secret, 'dev/access').split('.');
	const short = parts.with(
		3,
		Buffer.from(parts[3] ?? '', 'base64url')
			.subarray(0, 4)
			.toString('base64url'),
	);
	expect(codeOf(() => sealing.open(short.join('.'), 'dev/access'))).toBe('secret_unreadable');
});

it('rotates: the first key seals, all open, a resealed box needs only the first', () => {
	const box = createSealing([first]).seal(secret, 'dev/access');
	const both = createSealing([second, first]);
	expect(both.open(box, 'dev/access')).toBe(secret);
	expect(both.isStale(box)).toBe(true);

	const resealed = both.reseal(box, 'dev/access');
	expect(both.isStale(resealed)).toBe(false);
	expect(createSealing([second]).open(resealed, 'dev/access')).toBe(secret);
	expect(codeOf(() => createSealing([second]).open(box, 'dev/access'))).toBe('secret_unreadable');
});

it('says what to do when the key is gone, and not what the secret is', () => {
	const box = createSealing([first]).seal(secret, 'dev/access');
	expect(() => createSealing([second]).open(box, 'dev/access')).toThrow(
		/sealed secret of dev\/access was sealed with key [0-9a-f]{8}.*ORCHESTRATION_ENCRYPTION_KEY/,
	);
});

it('wants keys of 32 bytes, and at least one', () => {
	expect(codeOf(() => createSealing([]))).toBe('configuration_invalid');
	expect(codeOf(() => createSealing([randomBytes(16)]))).toBe('configuration_invalid');
});

it('reads a key in hex, base64 and base64url', () => {
	const written = [first.toString('hex'), first.toString('base64'), first.toString('base64url')];
	expect(written.map(readKey)).toEqual([first, first, first]);
	expect(['', 'abc', 'g'.repeat(64), 'a'.repeat(45)].map(readKey)).toEqual([
		null,
		null,
		null,
		null,
	]);
});
