import { createCircuitStore } from '../../sidecar/storage/circuit-store';
import { ownTime } from '../../sidecar/storage/fleet-time';
import { movingClock } from '../support/moving-clock';
import { freshDatabase, type FreshDatabase } from '../support/postgres/fresh-database';
import { circuitSuite } from '../unit/circuits/circuit-suite';

let database: FreshDatabase;

beforeAll(async () => {
	database = await freshDatabase();
});
afterAll(async () => {
	await database.drop();
});

describe('circuits in Postgres', () => {
	circuitSuite(() => {
		const clock = movingClock();
		return { circuits: createCircuitStore(database.pool, ownTime(clock)), clock };
	});
});

describe('circuits of a replica that remembers nothing', () => {
	/** Every call comes from another replica than the one before, so each remembered row is old. */
	circuitSuite(() => {
		const clock = movingClock();
		const replicas = Array.from({ length: 3 }, () =>
			createCircuitStore(database.pool, ownTime(clock)),
		);
		let turn = 0;
		const next = () => {
			const replica = replicas[(turn += 1) % replicas.length];
			if (!replica) throw new Error('there are three replicas');
			return replica;
		};
		return {
			circuits: {
				decide: async (key, decide) => await next().decide(`other ${key}`, decide),
				find: async (key) => await next().find(`other ${key}`),
				list: async (page) => await next().list(page),
			},
			clock,
		};
	});
});

it('lists circuits by key, page by page', async () => {
	const store = createCircuitStore(database.pool, ownTime(movingClock()));
	const keys = [];
	for (let after: string | null = null; ;) {
		const page = await store.list({ limit: 7, after });
		keys.push(...page.map(({ key }) => key));
		if (page.length === 0) break;
		after = page.at(-1)?.key ?? null;
	}
	expect(keys.length).toBeGreaterThan(20);
	expect(keys).toEqual([...new Set(keys)].sort());
});
