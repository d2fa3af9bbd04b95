import { generateKeyPairSync } from 'node:crypto';
import type { SignatureFormat, SignatureScheme } from '../../../sidecar/webhooks/endpoint';
import {
	defaultToleranceSeconds,
	noFormat,
	type SignedRequest,
} from '../../../sidecar/webhooks/signatures/scheme';
import { schemes } from '../../../sidecar/webhooks/signatures/schemes';

const at = new Date('2031-04-01T12:00:00.000Z');
const later = (seconds: number) => new Date(at.getTime() + seconds * 1000);

function verify(
	scheme: SignatureScheme,
	request: SignedRequest,
	secrets: string[],
	{ now = at, format = noFormat }: { now?: Date; format?: SignatureFormat } = {},
): void {
	const toleranceSeconds = defaultToleranceSeconds;
	schemes[scheme].verify(request, { secrets, now, toleranceSeconds, format });
}

const refused = expect.objectContaining({ code: 'webhook_signature_invalid' });

const stripeEvent = {
	id: 'evt_123',
	object: 'event',
	account: 'acct_123',
	api_version: '2017-05-25',
	created: 1_533_204_620,
	data: {
		object: {
			id: 'ii_123',
			object: 'invoiceitem',
			amount: 1000,
			currency: 'usd',
			customer: 'cus_123',
			date: 1_533_204_620,
			description: 'Test Invoice Item',
			discountable: false,
			invoice: 'in_123',
			livemode: false,
			metadata: {},
			period: { start: 1_533_204_620, end: 1_533_204_620 },
			proration: false,
			quantity: 3,
		},
	},
	livemode: false,
	pending_webhooks: 1,
	request: { id: 'req_123', idempotency_key: 'idempotency-key-123' },
	type: 'invoiceitem.created',
};

describe('published vectors', () => {
	// github.com/standard-webhooks/standard-webhooks, libraries/javascript tests.
	it('verifies the one of Standard Webhooks', () => {
		const request = {
			headers: {
				'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
				'webhook-timestamp': '1614265330',
				'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
			},
			body: Buffer.from('{"test": 2432232314}'),
		};
		const now = new Date(1_614_265_330_000);
		verify('standard-webhooks', request, ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'], { now });
	});

	// docs.github.com: Validating webhook deliveries.
	it('verifies the one of GitHub', () => {
		const signature = '757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17';
		const request = {
			headers: { 'x-hub-signature-256': `sha256=${signature}` },
			body: Buffer.from('Hello, World!'),
		};
		verify('github', request, ["It's a Secret to Everybody"]);
	});

	// github.com/stripe/stripe-dotnet, EventUtilityTest: signed with openssl, as its comment says.
	it('verifies the one of Stripe', () => {
		const v1 = '82216eca827bcb7b34b8055eb2d2d9e6bc13b9ac39ded14a61e69f70c565f53a';
		const v0 = '63f3a72374a733066c4be69ed7f8e5ac85c22c9f0a6a612ab9a025a9e4ee7eef';
		const request = {
			headers: { 'stripe-signature': `t=1533204620,v1=${v1},v0=${v0}` },
			body: Buffer.from(`${JSON.stringify(stripeEvent, null, 2)}\n`),
		};
		verify('stripe', request, ['webhook_secret'], { now: new Date(1_533_204_620_000) });
	});

	// Shopify publishes none: what it documents is RFC 4231 in base64. 4.3, test case 2.
	it('verifies one of Shopify', () => {
		const request = {
			headers: { 'x-shopify-hmac-sha256': 'W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM=' },
			body: Buffer.from('what do ya want for nothing?'),
		};
		verify('shopify', request, ['Jefe']);
	});

	// docs.slack.dev: Verifying requests from Slack.
	it('verifies the one of Slack', () => {
		const request = {
			headers: {
				'x-slack-request-timestamp': '1531420618',
				'x-slack-signature': 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
			},
			body: Buffer.from(
				'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=' +
					'G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=' +
					'%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2F' +
					'T1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=' +
					'398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c',
			),
		};
		const now = new Date(1_531_420_618_000);
		verify('slack', request, ['8f742231b10e8888abcd99yyyzzz85a5'], { now });
	});

	// RFC 8032, 7.1, test 2, whose message is one byte.
	it('verifies one of Ed25519, with the key in hex and in base64', () => {
		const key = '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c';
		const request = {
			headers: {
				'x-signature-ed25519':
					'92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da' +
					'085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
			},
			body: Buffer.from('72', 'hex'),
		};
		verify('ed25519', request, [key]);
		verify('ed25519', request, [Buffer.from(key, 'hex').toString('base64')]);
	});

	// RFC 4231, 4.3, test case 2.
	it.each([
		['sha256', '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843'],
		[
			'sha512',
			'164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737',
		],
	] as const)('verifies one of HMAC with %s', (algorithm, signature) => {
		const request = {
			headers: { 'x-signature': signature },
			body: Buffer.from('what do ya want for nothing?'),
		};
		verify('hmac', request, ['Jefe'], { format: { ...noFormat, algorithm } });
	});
});

const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const strangers = generateKeyPairSync('ed25519');
const pem = (key: typeof privateKey) => key.export({ type: 'pkcs8', format: 'pem' }).toString();
const timed = { ...noFormat, timestampHeader: 'X-Time', separator: '.', prefix: 'v=' };

interface Case {
	scheme: Exclude<SignatureScheme, 'none'>;
	/** What a sender signs with, and one that is not ours. */
	keys: [string, string];
	/** What we verify with. */
	secret: string;
	format: SignatureFormat;
	/** Signs the time. */
	isTimed: boolean;
}

const withKeys = (one: Omit<Case, 'keys' | 'secret' | 'format'>): Case => ({
	...one,
	keys: ['a-secret-of-the-tests', 'a-secret-of-a-stranger'],
	secret: 'a-secret-of-the-tests',
	format: noFormat,
});
const keyed = { keys: [pem(privateKey), pem(strangers.privateKey)] as [string, string] };
const spki = publicKey.export({ type: 'spki', format: 'pem' }).toString();

const cases: Array<[string, Case]> = [
	['standard-webhooks', withKeys({ scheme: 'standard-webhooks', isTimed: true })],
	['stripe', withKeys({ scheme: 'stripe', isTimed: true })],
	['github', withKeys({ scheme: 'github', isTimed: false })],
	['slack', withKeys({ scheme: 'slack', isTimed: true })],
	['shopify', withKeys({ scheme: 'shopify', isTimed: false })],
	['hmac', withKeys({ scheme: 'hmac', isTimed: false })],
	['hmac with a time', { ...withKeys({ scheme: 'hmac', isTimed: true }), format: timed }],
	[
		'hmac in base64 with sha1',
		{
			...withKeys({ scheme: 'hmac', isTimed: false }),
			format: { ...noFormat, algorithm: 'sha1', encoding: 'base64', header: 'X-Mine' },
		},
	],
	['ed25519', { scheme: 'ed25519', ...keyed, secret: spki, format: noFormat, isTimed: false }],
	[
		'ed25519 with a time',
		{ scheme: 'ed25519', ...keyed, secret: spki, format: timed, isTimed: true },
	],
];

describe.each(cases)('%s', (_name, { scheme, keys, secret, format, isTimed }) => {
	const body = Buffer.from('{"id":"evt_1","type":"invoice.paid","text":"Grüße \u0000"}');
	const signedBy = (key: string): SignedRequest => ({
		headers: schemes[scheme].sign({ id: 'evt_1', at, body }, key, format),
		body,
	});
	const request = signedBy(keys[0]);
	const check = (given: SignedRequest, now = at, secrets = [secret]) =>
		verify(scheme, given, secrets, { now, format });

	it('lets in what it signed', () => {
		expect(() => check(request)).not.toThrow();
	});

	it('lets in while the secret is changed, whichever of the two was used', () => {
		const other = scheme === 'ed25519' ? spki.replace(/\n$/, '') : 'the-secret-to-come';
		expect(() => check(request, at, [other, secret])).not.toThrow();
		expect(() => check(request, at, [secret, other])).not.toThrow();
	});

	it('refuses the signature of another', () => {
		expect(() => check(signedBy(keys[1]))).toThrow(refused);
	});

	it('refuses a body with one byte changed, added or taken away', () => {
		const changed = Buffer.from(body);
		changed.writeUInt8(changed.readUInt8(20) ^ 1, 20);
		const longer = Buffer.concat([body, Buffer.from(' ')]);
		for (const other of [changed, longer, body.subarray(0, -1), Buffer.alloc(0)]) {
			expect(() => check({ ...request, body: other })).toThrow(refused);
		}
	});

	it('refuses what is not signed, or signed with rubbish', () => {
		expect(() => check({ headers: {}, body })).toThrow(refused);
		for (const [name, value] of Object.entries(request.headers)) {
			const { [name]: _gone, ...headers } = request.headers;
			// The sender's id is no part of some signatures.
			if (/delivery|webhook-id$/.test(name) && scheme !== 'standard-webhooks') continue;
			expect(() => check({ headers, body })).toThrow(refused);
			for (const other of ['', 'rubbish', '\u00e9', `${value.slice(0, -6)}!`, 'v1,', 't=1,v1=']) {
				const wrong = { ...request.headers, [name]: other };
				expect(() => check({ headers: wrong, body })).toThrow(refused);
			}
		}
	});

	it(isTimed ? 'refuses an old time and one to come' : 'knows no time', () => {
		const inTime = [later(defaultToleranceSeconds), later(-defaultToleranceSeconds)];
		for (const now of inTime) expect(() => check(request, now)).not.toThrow();
		for (const now of [later(defaultToleranceSeconds + 1), later(-defaultToleranceSeconds - 1)]) {
			if (isTimed) expect(() => check(request, now)).toThrow(refused);
			else expect(() => check(request, now)).not.toThrow();
		}
	});

	it('says nothing of secret or signature when it refuses', () => {
		try {
			check(signedBy(keys[1]));
		} catch (error) {
			const said = JSON.stringify({ ...(error as object), message: (error as Error).message });
			for (const word of [...keys, secret]) expect(said).not.toContain(word);
			expect(said).not.toContain(body.toString());
		}
		expect.assertions(4);
	});
});

it('takes any of several signatures of Standard Webhooks and of Stripe', () => {
	const body = Buffer.from('{}');
	const message = { id: 'msg_1', at, body };
	const one = schemes['standard-webhooks'].sign(message, 'a-secret-of-the-tests', noFormat);
	const headers = { ...one, 'webhook-signature': `v1a,x v1,AAAA ${one['webhook-signature']}` };
	verify('standard-webhooks', { headers, body }, ['a-secret-of-the-tests']);
	const stripe = schemes.stripe.sign(message, 'a-secret', noFormat)['stripe-signature'] ?? '';
	const twice = stripe.replace(',v1=', `,v1=${'0'.repeat(64)},v0=abc,v1=`);
	verify('stripe', { headers: { 'stripe-signature': twice }, body }, ['a-secret']);
});

it('never takes the v0 of Stripe, which anyone can make', () => {
	const body = Buffer.from('{}');
	const signed = schemes.stripe.sign({ id: '', at, body }, 'a-secret', noFormat);
	const downgraded = (signed['stripe-signature'] ?? '').replace('v1=', 'v0=');
	const request = { headers: { 'stripe-signature': downgraded }, body };
	expect(() => verify('stripe', request, ['a-secret'])).toThrow(refused);
});

it.each([
	['standard-webhooks', 'short'],
	['standard-webhooks', 'whsec_AAAA'],
	['ed25519', 'not a key'],
	['ed25519', 'ab'.repeat(31)],
	['ed25519', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----'],
	['none', 'any'],
	['stripe', ''],
] as const)('tells what a secret of %s has to be when it is %j', (scheme, secret) => {
	expect(schemes[scheme].wrongSecret(secret)).toEqual(expect.any(String));
});
