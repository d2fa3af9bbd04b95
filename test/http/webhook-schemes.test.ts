import { generateKeyPairSync } from 'node:crypto';
import type { Page, Problem } from '../../sidecar/contract/problem';
import type { AcceptedEvent, WebhookEvent } from '../../sidecar/contract/webhooks';
import { signatureSchemes, type SignatureFormat } from '../../sidecar/webhooks/endpoint';
import { defaultToleranceSeconds, noFormat } from '../../sidecar/webhooks/signatures/scheme';
import { schemes } from '../../sidecar/webhooks/signatures/schemes';
import { type FreshDatabase, freshDatabase } from '../support/postgres/fresh-database';
import { type SidecarProcess, startSidecar } from '../support/sidecar/sidecar-process';

jest.setTimeout(60_000);

let database: FreshDatabase;
let sidecar: SidecarProcess;

beforeAll(async () => {
	database = await freshDatabase();
	sidecar = await startSidecar({ databaseUrl: database.connectionString });
});
afterAll(async () => {
	await sidecar?.stop();
	await database?.drop();
});

/** What a sender signs with, and what we verify with. */
interface Key {
	signs: string;
	verifies: string;
}

const shared = (text: string): Key => ({ signs: text, verifies: text });
const pair = (): Key => {
	const { publicKey, privateKey } = generateKeyPairSync('ed25519');
	return {
		signs: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
		verifies: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
	};
};
const texts = {
	old: shared('the-former-secret-of-the-tests'),
	current: shared('the-present-secret-of-the-tests'),
	stranger: shared('the-secret-of-a-stranger'),
};
const pairs = { old: pair(), current: pair(), stranger: pair() };

interface Case {
	name: string;
	scheme: (typeof signatureSchemes)[number];
	keys: typeof texts | null;
	/** As the endpoint is told, and as it is signed with. */
	signature?: Partial<SignatureFormat>;
	/** Where the sender's id is, when the scheme has no place of its own. */
	eventId?: { path: string };
	isTimed: boolean;
}

const byPath = { eventId: { path: 'id' } };
const withTime = { signature: { timestampHeader: 'X-Time', separator: '.' } };

const cases: Case[] = [
	{ name: 'standard-webhooks', scheme: 'standard-webhooks', keys: texts, isTimed: true },
	{ name: 'stripe', scheme: 'stripe', keys: texts, isTimed: true },
	{ name: 'github', scheme: 'github', keys: texts, isTimed: false },
	{ name: 'slack', scheme: 'slack', keys: texts, isTimed: true },
	{ name: 'shopify', scheme: 'shopify', keys: texts, isTimed: false },
	{ name: 'hmac', scheme: 'hmac', keys: texts, isTimed: false, ...byPath },
	{ name: 'hmac-timed', scheme: 'hmac', keys: texts, isTimed: true, ...byPath, ...withTime },
	{ name: 'ed25519', scheme: 'ed25519', keys: pairs, isTimed: false, ...byPath },
	{ name: 'ed25519-timed', scheme: 'ed25519', keys: pairs, isTimed: true, ...byPath, ...withTime },
	{ name: 'none', scheme: 'none', keys: null, isTimed: false, ...byPath },
];

it('leaves out no scheme', () => {
	expect(new Set(cases.map(({ scheme }) => scheme))).toEqual(new Set(signatureSchemes));
});

describe.each(cases)('$name', ({ name, scheme, keys, signature, eventId, isTimed }) => {
	const endpoint = `scheme-${name}`;
	const put = async (secrets: string[]) => {
		const body = {
			scheme,
			...(secrets.length > 0 ? { secrets } : {}),
			...(signature ? { signature } : {}),
			...(eventId ? { eventId } : {}),
		};
		const path = `/webhooks/endpoints/${endpoint}`;
		const { status } = await sidecar.api(path, { method: 'PUT', body });
		expect([200, 201]).toContain(status);
	};
	const bodyOf = (id: string, text = '') =>
		JSON.stringify({ id, event_id: id, type: 'order.made', text });
	const headersOf = (key: Key, id: string, body: string, at = new Date()) => ({
		...schemes[scheme].sign({ id, at, body: Buffer.from(body) }, key.signs, {
			...noFormat,
			...signature,
		}),
		...(scheme === 'shopify' ? { 'x-shopify-webhook-id': id } : {}),
	});
	const send = async (body: string, headers: Record<string, string>) => {
		const response = await fetch(`${sidecar.url}/hooks/${endpoint}`, {
			method: 'POST',
			headers: { 'content-type': 'application/json', ...headers },
			body,
		});
		return { status: response.status, body: (await response.json()) as AcceptedEvent & Problem };
	};
	const kept = async () =>
		(await sidecar.api<Page<WebhookEvent>>(`/webhooks/events?endpoint=${endpoint}`)).body.data;
	const refused = { status: 403, body: { code: 'webhook_signature_invalid' } };
	const { old, current, stranger } = keys ?? texts;

	beforeAll(async () => await put(keys ? [current.verifies] : []));

	it('takes in what is well signed, and the same id sent again only once, signed anew or not', async () => {
		const body = bodyOf('evt_once');
		const headers = headersOf(current, 'evt_once', body);
		const first = await send(body, headers);
		expect(first).toMatchObject({ status: 202, body: { eventId: expect.any(String) as string } });
		const changed = bodyOf('evt_once', 'sent again, with another text');
		const later = new Date(Date.now() + 2_000);
		const again = await Promise.all([
			send(body, headers),
			send(body, headersOf(current, 'evt_once', body, later)),
			send(changed, headersOf(current, 'evt_once', changed)),
		]);
		for (const each of again) expect(each).toMatchObject({ status: 202, body: first.body });
		const other = bodyOf('evt_other');
		const second = await send(other, headersOf(current, 'evt_other', other));
		expect(second.body.eventId).not.toBe(first.body.eventId);
		expect((await kept()).filter(({ id }) => id === first.body.eventId)).toHaveLength(1);
		expect(await kept()).toHaveLength(2);
	});

	if (keys === null) return;

	it('refuses another secret, an altered body and no signature, and keeps nothing of them', async () => {
		const before = (await kept()).length;
		const body = bodyOf('evt_forged');
		const headers = headersOf(current, 'evt_forged', body);
		expect(await send(body, headersOf(stranger, 'evt_forged', body))).toMatchObject(refused);
		expect(await send(bodyOf('evt_forged', 'altered'), headers)).toMatchObject(refused);
		expect(await send(body, {})).toMatchObject(refused);
		expect(await kept()).toHaveLength(before);
	});

	it(isTimed ? 'refuses an old signature and one to come' : 'signs no time', async () => {
		const body = bodyOf('evt_old');
		for (const seconds of [-defaultToleranceSeconds - 60, defaultToleranceSeconds + 60]) {
			const at = new Date(Date.now() + seconds * 1_000);
			const answer = await send(body, headersOf(current, 'evt_old', body, at));
			expect(answer).toMatchObject(isTimed ? refused : { status: 202 });
		}
	});

	it('takes both secrets while they are changed, and the former no more afterwards', async () => {
		const attempt = async (key: Key, id: string) =>
			(await send(bodyOf(id), headersOf(key, id, bodyOf(id)))).status;
		expect(await attempt(old, 'evt_before')).toBe(403);
		await put([old.verifies, current.verifies]);
		expect([await attempt(old, 'evt_former'), await attempt(current, 'evt_new')]).toEqual([
			202, 202,
		]);
		await put([current.verifies]);
		expect(await attempt(old, 'evt_after')).toBe(403);
	});
});
