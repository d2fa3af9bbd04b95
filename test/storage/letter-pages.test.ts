import {
	deadLetterStates,
	errorClasses,
	severities,
	type LetterSummary,
} from '../../sidecar/dead-letters/dead-letter';
import type { DeadLetterStore, LetterFilter } from '../../sidecar/dead-letters/dead-letter-store';
import { createDeadLetterStore } from '../../sidecar/storage/dead-letter-store';
import { createEnvironmentStore } from '../../sidecar/storage/environment-store';
import { environmentNamed, newLetter } from '../support/dead-letters/letters';
import { freshDatabase, type FreshDatabase } from '../support/postgres/fresh-database';
import { rowsRead } from '../support/postgres/rows-read';
import { seededRandom } from '../support/seeded-random';

let database: FreshDatabase;
let letters: DeadLetterStore;

beforeEach(async () => {
	database = await freshDatabase();
	letters = createDeadLetterStore(database.pool);
	const environments = createEnvironmentStore(database.pool);
	for (const name of ['production', 'staging']) await environments.put(environmentNamed(name));
});

afterEach(async () => {
	await database.drop();
});

const incidents = ['a'.repeat(32), 'b'.repeat(32)];
const choices = {
	environment: ['production', 'staging'],
	state: deadLetterStates,
	workflowId: ['orders', 'receipts'],
	errorClass: errorClasses,
	severity: severities,
	incident: incidents,
	executionId: ['7', '8', '9'],
};

/** All pages of three, as a client gets them. */
async function allPages(filter: LetterFilter): Promise<LetterSummary[]> {
	const all: LetterSummary[] = [];
	for (;;) {
		const page = await letters.list(filter, { limit: 3, after: all.at(-1)?.id ?? null });
		all.push(...page);
		if (page.length < 3) return all;
	}
}

it('lists what every combination of filters asks for, newest first, without gap or repetition', async () => {
	const random = seededRandom(20310401);
	const oneOf = <Value>(values: readonly Value[]): Value =>
		values[Math.floor(random() * values.length)] as Value;
	const kept: LetterSummary[] = [];
	for (let nth = 0; nth < 150; nth += 1) {
		const chosen = Object.fromEntries(
			Object.entries(choices).map(([field, values]) => [field, oneOf<string>(values)]),
		);
		const made = newLetter({ ...chosen, dedupKey: `${nth}`, executionIds: [] });
		kept.unshift((await letters.accept(made)).letter);
	}
	const filters = Array.from({ length: 150 }, (): LetterFilter => {
		const fields = Object.entries(choices).filter(() => random() < 0.3);
		return Object.fromEntries(fields.map(([field, values]) => [field, oneOf<string>(values)]));
	});
	for (const filter of [{}, ...filters]) {
		const wanted = kept.filter((letter) =>
			Object.entries(filter).every(
				([field, value]) => letter[field as keyof LetterSummary] === value,
			),
		);
		const ids = (await allPages(filter)).map(({ id }) => id);
		expect({ filter, ids }).toEqual({ filter, ids: wanted.map(({ id }) => id) });
	}
});

it('finds letters of an execution by its failed retries too', async () => {
	const executionIds = ['41', '77'];
	const { letter } = await letters.accept(newLetter({ executionId: '41', executionIds }));
	await letters.accept(newLetter({ executionId: '42' }));
	for (const executionId of executionIds) {
		expect(await allPages({ executionId })).toMatchObject([{ id: letter.id, executionIds }]);
	}
});

it('leaves out of a list what may be large', async () => {
	await letters.accept(newLetter());
	const [letter] = await letters.list({}, { limit: 1, after: null });
	for (const large of ['trigger', 'failedInput', 'ran']) expect(letter).not.toHaveProperty(large);
});

/** What an outage leaves: nearly all letters alike, and a few old ones that are not. */
const outageSql = `
	insert into dead_letters (id, environment, dedup_key, state, origin, workflow_id, error, error_class,
		severity, incident, failed_input, created_at, updated_at, expires_at)
	select ('01900000-0000-7000-8000-' || lpad(to_hex(nth), 12, '0'))::uuid,
		case nth when 1 then 'staging' else 'production' end, nth::text,
		case nth when 2 then 'discarded' else 'waiting' end, 'api',
		case nth when 3 then 'receipts' else 'orders' end, '{}',
		case nth when 4 then 'auth' else 'transient' end,
		case nth when 5 then 'critical' else 'error' end,
		case nth when 6 then repeat('a', 32) else repeat('b', 32) end, '[]', now(), now(), now()
	from generate_series(1, 20000) as nth`;

it('reads a page for each combination at most, whichever letters an outage has left', async () => {
	await database.pool.query(outageSql);
	await database.pool.query('vacuum analyze dead_letters');
	const alike = {
		environment: 'production',
		state: 'waiting',
		workflowId: 'orders',
		errorClass: 'transient',
		severity: 'error',
	} as const;
	const old = {
		environment: 'staging',
		state: 'discarded',
		workflowId: 'receipts',
		errorClass: 'auth',
		severity: 'critical',
		incident: 'a'.repeat(32),
	} as const;
	const none = {
		state: 'expired',
		errorClass: 'bug',
		severity: 'warning',
		workflowId: 'none',
	} as const;
	const single = [alike, old, none].flatMap((filter) =>
		Object.entries(filter).map(([field, value]) => ({ [field]: value })),
	);
	const twoOf = single.flatMap((one) => single.map((other) => ({ ...one, ...other })));
	const filters = [{}, alike, { ...alike, ...none }, ...twoOf] as LetterFilter[];
	const deep = '01900000-0000-7000-8000-000000002710';
	const pages = filters.flatMap((filter) => [null, deep].map((after) => ({ filter, after })));
	for (const { filter, after } of pages) {
		const client = await database.pool.connect();
		try {
			await client.query('begin');
			const before = await rowsRead(client, ['dead_letters']);
			await createDeadLetterStore(client).list(filter, { limit: 20, after });
			const read = (await rowsRead(client, ['dead_letters'])) - before;
			const told = { filter, after, read };
			expect({ ...told, isFew: read <= 200 }).toEqual({ ...told, isFew: true });
		} finally {
			await client.query('rollback');
			client.release();
		}
	}
});
