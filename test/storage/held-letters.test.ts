import { releaseHeldLetters } from '../../sidecar/dead-letters/release-held';
import type { EngineCredential } from '../../sidecar/engines/port/definitions';
import { after, newLetter, noon } from '../support/dead-letters/letters';
import { replayRoom, type ReplayRoom } from '../support/dead-letters/replay-room';

let room: ReplayRoom;
let credentials: EngineCredential[] = [];
let asked = 0;

beforeAll(async () => {
	room = await replayRoom('production');
});

afterAll(async () => {
	await room.database.drop();
});

afterEach(async () => {
	await room.empty();
	asked = 0;
});

const call = (id: string) => ({
	name: 'Call "it" \0',
	type: 'n8n-nodes-base.httpRequest',
	credentials: { httpHeaderAuth: { id, name: 'key' } },
});
const error = {
	node: 'Call "it" \0',
	name: 'NodeApiError',
	message: 'no',
	description: null,
	httpStatus: 401,
};
const keep = async (executionId: string, given: Parameters<typeof newLetter>[0] = {}) =>
	(
		await room.ports.letters.accept(
			newLetter({
				executionId,
				error,
				errorClass: 'auth',
				ran: { name: 'Orders', nodes: [call('cred-1')], connections: {}, settings: {} },
				...given,
			}),
		)
	).letter;
const look = async (seen = new Map<string, string>()) => {
	const engine = room.engines.get('production');
	const environment = room.environments.get('production');
	if (!engine || !environment) throw new Error('expected an environment');
	await releaseHeldLetters(
		{
			...room.ports,
			environments: async () => await Promise.resolve([environment]),
			engineOf: async () =>
				await Promise.resolve({
					...engine,
					definitions: {
						listCredentials: async () => {
							asked += 1;
							return await Promise.resolve(credentials);
						},
					} as NonNullable<(typeof engine)['definitions']>,
				}),
			onTrouble: (_, trouble) => {
				throw trouble;
			},
		},
		seen,
	);
};
const changedAt = (id: string, at: Date) => {
	credentials = [{ id, name: 'key', type: 'httpHeaderAuth', updatedAt: at.toISOString() }];
};
const stateOf = async (id: string) => (await room.ports.letters.find(id))?.state;

it('holds a letter of class auth until the credential of its failed node was changed', async () => {
	const held = await keep('1');
	const another = await keep('2', {
		ran: { name: 'Orders', nodes: [call('cred-2')], connections: {}, settings: {} },
	});
	changedAt('cred-1', after(-60_000));
	await look();
	expect(await stateOf(held.id)).toBe('waiting');
	changedAt('cred-1', after(60_000));
	await look();
	expect(await room.ports.letters.find(held.id)).toMatchObject({
		state: 'scheduled',
		nextReplayAt: noon,
		note: 'Its credential was changed after it had failed.',
	});
	expect(await stateOf(another.id)).toBe('waiting');
});

it('asks an environment only while it holds such a letter, and a letter only after a change', async () => {
	changedAt('cred-1', after(-3_600_000));
	await look();
	expect(asked).toBe(0);
	const { id } = await keep('1', { createdAt: after(-7_200_000) });
	const seen = new Map([['production/cred-1', after(-3_600_000).toISOString()]]);
	await look(seen);
	expect(asked).toBe(1);
	expect(await stateOf(id)).toBe('waiting');
	await look();
	expect(await stateOf(id)).toBe('scheduled');
});

it.each([
	['is of another class', { errorClass: 'data' as const }],
	['is of our own ledger, which would do everything again', { origin: 'execution' as const }],
	['is one item of an execution that went on', { origin: 'error-output' as const }],
])('leaves a letter to a person that %s', async (_, given) => {
	const { id } = await keep('1', given);
	await keep('2', { ran: { name: 'X', nodes: [], connections: {}, settings: {} } });
	changedAt('cred-1', after(60_000));
	await look();
	expect(await stateOf(id)).toBe('waiting');
});

it('gives up after the last attempt, and does not try again without another change', async () => {
	const { id } = await keep('1');
	changedAt('cred-1', after(60_000));
	for (const attempts of [1, 2, 3]) {
		await room.database.pool.query(
			"update dead_letters set state = 'waiting', attempts = $2 where id = $1",
			[id, attempts],
		);
		await room.database.pool.query(
			`insert into replays (letter_id, number, strategy, status, traceparent, requested_by, started_at, finished_at)
			values ($1, $2, 'retry', 'failed', 't', 'me', $3, $3)`,
			[id, attempts, after(attempts * 120_000)],
		);
		await look();
		expect(await stateOf(id)).toBe('waiting');
		if (attempts < 3) {
			changedAt('cred-1', after(attempts * 120_000 + 1));
			await look();
			expect(await stateOf(id)).toBe('scheduled');
		} else {
			changedAt('cred-1', after(1_000_000));
			await look();
			expect(await stateOf(id)).toBe('waiting');
		}
	}
});
