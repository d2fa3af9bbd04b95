import type { DeadLetterBatchAnswer } from '../../sidecar/contract/dead-letters';
import type { Problem } from '../../sidecar/contract/problem';
import { sharedN8n } from '../support/n8n/shared-n8n';
import { until } from '../support/n8n/until';
import {
	byHandOnly,
	callingOut,
	goLive,
	letterStage,
	type LetterStage,
} from '../support/dead-letters/stage';

jest.setTimeout(180_000);

let stage: LetterStage;
let workflowId: string;
const nobody = '0198c0de-0000-7000-8000-000000000000';

beforeAll(async () => {
	const n8n = await sharedN8n('production');
	stage = await letterStage();
	await stage.operator.register('production', n8n, byHandOnly);
	await stage.operator.register('dev', n8n, { deadLetters: { autoReplay: false, follow: false } });
	workflowId = await goLive(n8n, callingOut('access', stage.supplier.at('/access')));
});

afterAll(async () => {
	await stage?.stop();
});

const payload = { node: 'Webhook', items: [{ json: { body: { order: 1 } } }] };

async function newLetter(more: Record<string, unknown> = {}): Promise<string> {
	return (await stage.report({ workflowId, trigger: payload, ...more })).body.id;
}

async function tokenFor(role: string, environment?: string): Promise<string> {
	const { body } = await stage.sidecar.api<{ token: string }>('/tokens', {
		body: {
			name: `${role} of ${environment ?? 'all'}`,
			role,
			...(environment ? { environment } : {}),
		},
	});
	return body.token;
}

const problemOf = async (
	path: string,
	init: Parameters<LetterStage['sidecar']['api']>[1] = {},
): Promise<[number, string]> => {
	const { status, body } = await stage.sidecar.api<{ code: string }>(`/dead-letters${path}`, init);
	return [status, body.code];
};

describe('what is wrong', () => {
	it.each([
		['GET', `/${nobody}`, undefined, 404, 'dead_letter_not_found'],
		['POST', `/${nobody}/replay`, {}, 404, 'dead_letter_not_found'],
		['POST', `/${nobody}/discard`, {}, 404, 'dead_letter_not_found'],
		['GET', '/not-an-id', undefined, 400, 'invalid_request'],
		['POST', '/not-an-id/replay', {}, 400, 'invalid_request'],
		['GET', '?state=lost', undefined, 400, 'invalid_request'],
		['GET', '?errorClass=odd', undefined, 400, 'invalid_request'],
		['GET', '?enviroment=production', undefined, 400, 'invalid_request'],
		['GET', '?cursor=bm9uc2Vuc2U', undefined, 400, 'invalid_request'],
		['POST', `/${nobody}/replay`, { strategy: 'again' }, 400, 'invalid_request'],
		['POST', `/${nobody}/replay`, { version: 'newest' }, 400, 'invalid_request'],
		['POST', `/${nobody}/replay`, { waitSeconds: 61 }, 400, 'invalid_request'],
	] as const)('%s %s with %j is told', async (method, path, body, status, code) => {
		expect(await problemOf(path, { method, ...(body ? { body } : {}) })).toEqual([status, code]);
	});

	it.each([
		['an unknown environment', { environment: 'nowhere' }, 404, 'environment_not_found'],
		['an unknown origin', { origin: 'somewhere' }, 400, 'invalid_request'],
		['the origin of the follower', { origin: 'follower' }, 400, 'invalid_request'],
		['no workflow', { workflowId: undefined }, 400, 'invalid_request'],
		['no error', { error: undefined }, 400, 'invalid_request'],
		['a time to live of 0', { ttlSeconds: 0 }, 400, 'invalid_request'],
		[
			'a position of something else than an error output',
			{ position: { node: 'DL', run: 0, item: 0 } },
			400,
			'invalid_request',
		],
	])('a letter with %s is told', async (_, wrong, status, code) => {
		const body = {
			environment: 'production',
			origin: 'api',
			workflowId: 'some',
			error: { message: 'no' },
			...wrong,
		};
		expect(await problemOf('', { body })).toEqual([status, code]);
	});
});

describe('several letters in one call', () => {
	const several = (...letters: object[]) => ({
		environment: 'production',
		letters: letters.map((letter) => ({
			origin: 'api',
			workflowId,
			trigger: payload,
			error: { message: 'no' },
			...letter,
		})),
	});

	it('are kept together, in order, with what each says', async () => {
		const body = several(
			{ severity: 'critical', fingerprint: 'order 1' },
			{ note: 'second' },
			{ fingerprint: 'order 1' },
		);
		const answer = await stage.sidecar.api<DeadLetterBatchAnswer>('/dead-letters', { body });

		expect(answer.status).toBe(201);
		const [first, second, third] = answer.body.letters;
		expect(first).toMatchObject({
			severity: 'critical',
			fingerprint: 'order 1',
			occurrences: 2,
			state: 'waiting',
		});
		expect(second).toMatchObject({ note: 'second', severity: 'error', occurrences: 1 });
		expect(third?.id).toBe(first?.id);
		const again = await stage.sidecar.api<DeadLetterBatchAnswer>('/dead-letters', {
			body: several({ fingerprint: 'order 1' }),
		});
		expect(again).toMatchObject({ status: 200, body: { letters: [{ id: first?.id }] } });
	});

	it('are refused together, naming the field of the letter that is wrong', async () => {
		const body = several({ note: 'fine' }, { ttlSeconds: 0 });
		const before = await stage.lettersOf(workflowId);
		const { status, body: told } = await stage.sidecar.api<Problem>('/dead-letters', { body });

		expect(status).toBe(400);
		expect(told.errors).toMatchObject([{ path: 'letters[1].ttlSeconds' }]);
		expect(await stage.lettersOf(workflowId)).toBe(before);
	});

	it('name their environment once, and are at least one', async () => {
		const inside = several({ environment: 'production' });
		expect(await problemOf('', { body: inside })).toEqual([400, 'invalid_request']);
		expect(await problemOf('', { body: several() })).toEqual([400, 'invalid_request']);
		const unknown = { ...several({}), environment: 'nowhere' };
		expect(await problemOf('', { body: unknown })).toEqual([404, 'environment_not_found']);
	});
});

describe('who may', () => {
	it('lets a viewer look and nothing else', async () => {
		const id = await newLetter();
		const token = await tokenFor('viewer');
		const seen = await stage.sidecar.api(`/dead-letters/${id}`, { token });
		expect(seen).toMatchObject({ status: 200, body: { id } });
		const refused = [403, 'forbidden'];
		expect(await problemOf(`/${id}/replay`, { body: {}, token })).toEqual(refused);
		expect(await problemOf(`/${id}/discard`, { body: {}, token })).toEqual(refused);
		const letter = { environment: 'production', origin: 'api', workflowId, error: { message: '' } };
		expect(await problemOf('', { body: letter, token })).toEqual(refused);
		expect((await stage.operator.letter(id)).state).toBe('waiting');
	});

	it('keeps a node of another environment out', async () => {
		const id = await newLetter();
		const token = await tokenFor('node', 'dev');
		const refused = [403, 'forbidden'];
		expect(await problemOf(`/${id}`, { token })).toEqual(refused);
		expect(await problemOf(`/${id}/replay`, { body: {}, token })).toEqual(refused);
		expect(await problemOf(`/${id}/discard`, { body: {}, token })).toEqual(refused);
		expect(await problemOf('?environment=production', { token })).toEqual(refused);
		const letter = { environment: 'production', origin: 'api', workflowId, error: { message: '' } };
		expect(await problemOf('', { body: letter, token })).toEqual(refused);
		const { body } = await stage.sidecar.api<{ data: Array<{ environment: string }> }>(
			'/dead-letters',
			{ token },
		);
		expect(body.data.filter(({ environment }) => environment !== 'dev')).toEqual([]);
	});

	it('files a letter under the environment of the token that brings it', async () => {
		const token = await tokenFor('node', 'dev');
		const body = { origin: 'api', workflowId, error: { message: 'no' } };
		const answer = await stage.sidecar.api('/dead-letters', { body, token });
		expect(answer).toMatchObject({ status: 201, body: { environment: 'dev' } });
		const nowhere = await tokenFor('node');
		expect(await problemOf('', { body, token: nowhere })).toEqual([400, 'invalid_request']);
	});
});

it('lists page by page, newest first', async () => {
	const ids: string[] = [];
	for (let at = 0; at < 5; at += 1) ids.unshift(await newLetter({ workflowId: 'pages' }));
	const seen: string[] = [];
	let cursor: string | null = null;
	do {
		const { body }: { body: { data: Array<{ id: string }>; nextCursor: string | null } } =
			await stage.sidecar.api(
				`/dead-letters?workflowId=pages&limit=2${cursor ? `&cursor=${cursor}` : ''}`,
			);
		seen.push(...body.data.map(({ id }) => id));
		cursor = body.nextCursor;
	} while (cursor !== null);
	expect(seen).toEqual(ids);
});

it('discards for good, with who did it and why, beside the note that was there', async () => {
	const id = await newLetter({ note: 'from the shop' });
	const discard = { body: { reason: 'a test order' } };
	const discarded = await stage.sidecar.api(`/dead-letters/${id}/discard`, discard);
	expect(discarded).toMatchObject({
		status: 200,
		body: { state: 'discarded', note: expect.stringMatching(/from the shop\n.*a test order/) },
	});
	expect(await problemOf(`/${id}/discard`, discard)).toEqual([409, 'dead_letter_closed']);
	expect(await problemOf(`/${id}/replay`, { body: {} })).toEqual([409, 'dead_letter_closed']);
});

it('keeps a payload of 5 MB with U+0000 and redelivers it whole', async () => {
	const json = { body: { zero: 'a\u0000b', text: 'é'.repeat(2_500_000) } };
	const trigger = { node: 'Webhook', items: [{ json }] };
	const id = await newLetter({ trigger });
	expect((await stage.operator.letter(id)).trigger).toEqual(trigger);
	const { body } = await stage.askReplay(id, { version: 'live', waitSeconds: 60 });
	expect(body).toMatchObject({ state: 'resolved' });
});

it('lets a letter expire, after which it can still be replayed by hand', async () => {
	const id = await newLetter({ ttlSeconds: 1 });
	const created = await stage.operator.letter(id);
	expect(Date.parse(created.expiresAt) - Date.parse(created.createdAt)).toBe(1000);
	await until(
		'the letter to expire',
		async () => (await stage.operator.letter(id)).state === 'expired' || undefined,
		{ deadlineMs: 70_000, everyMs: 1000 },
	);
	expect(await stage.operator.letters('state=expired')).toMatchObject([{ id }]);
	const { body } = await stage.askReplay(id, { waitSeconds: 30 });
	expect(body).toMatchObject({ state: 'resolved' });
});
