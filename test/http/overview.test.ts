import { composeOverview } from '../../sidecar/compose/overview';
import type { Foundation } from '../../sidecar/compose/foundation';
import type { Overview, WorkflowAcross } from '../../sidecar/contract/overview';
import type { Page } from '../../sidecar/contract/problem';
import { courseStart, everyHour } from '../../sidecar/overview/look-over';
import { createLedgerStore } from '../../sidecar/storage/ledger-store';
import { systemClock } from '../../sidecar/kernel/clock';
import { seedRows } from '../support/console/seed-rows';
import { openHttpRoom, type HttpRoom } from '../support/http/http-room';
import type { Pool } from '../../sidecar/storage/pool';

let room: HttpRoom;
let pool: Pool;

beforeAll(async () => {
	room = await openHttpRoom({
		routesOn: (parts) => {
			pool = parts.pool;
			const stores = { ledgers: createLedgerStore(pool) };
			return composeOverview({ pool, clock: systemClock, stores } as Foundation).routes;
		},
	});
});
afterAll(async () => {
	await room?.close();
});

const look = async (query = '', token?: string) =>
	(await room.call(`GET /api/v1/overview${query}`, token ? { token } : {}))
		.body as unknown as Overview;

it('says of a product that has done nothing that nothing is wrong', async () => {
	const overview = await look();
	expect(overview).toMatchObject({ environments: [], letters: [], failing: [], openCircuits: [] });
	expect(overview.course).toHaveLength(24);
	expect(overview.ledgers.filter(({ imbalance }) => imbalance !== 0)).toEqual([]);
});

describe('after a day of work', () => {
	beforeAll(async () => {
		await seedRows(pool, 100);
		await pool.query(
			`insert into circuits (key, policy, state, version, updated_at) values
			('supplier', '{}', '{"is": "forced", "state": "open"}', 1, now()),
			('mail', '{}', '{"is": "closed"}', 1, now())`,
		);
		await pool.query(
			`insert into paused_workflows (environment, workflow_id, name, live_version_id, kept, paused_by, paused_at)
			select 'production', 'p1', 'Orders', 'x', id, 'seed', now() from versions limit 1`,
		);
		await pool.query(
			`insert into drift_expectations (environment, workflow_key, workflow_id, draft, tags,
				credentials, prints, source, expected_by, expected_at)
			select 'production', 'orders-000001', 'p1', id, '[]', '{}', '{}', 'adopted', 'seed', now()
			from versions where workflow_key = 'orders-000001'`,
		);
		await pool.query(
			`insert into drift_findings (id, environment, workflow_key, workflow_id, name, kind, weight,
				state, diff, since, seen_at)
			values (gen_random_uuid(), 'production', 'orders-000001', 'p1', 'Orders', 'edited',
				'behaviour', 'x', '', now(), now())`,
		);
	});

	it('counts what ran, what is left, and what was lost', async () => {
		const overview = await look();
		const [dev, production] = overview.environments;
		expect(dev).toMatchObject({ name: 'dev', succeeded: 0, failed: 0, letters: 0 });
		expect(production).toMatchObject({
			name: 'production',
			succeeded: 96,
			failed: 4,
			letters: 100,
			drift: 1,
			paused: 1,
			seenAt: null,
		});
		const sums = overview.course.map(({ succeeded, failed }) => succeeded + failed);
		expect(sums.reduce((sum, each) => sum + each, 0)).toBe(100);
		expect(overview.letters.map(({ count }) => count)).toEqual([34, 33, 33]);
		expect(overview.failing[0]).toMatchObject({ environment: 'production', failed: 1 });
		expect(overview.openCircuits).toEqual(['supplier']);
		expect(overview.ledgers).toContainEqual({
			ledger: 'dead_letters',
			accepted: 100,
			completed: 0,
			deadLettered: 100,
			discarded: 0,
			inFlight: 0,
			imbalance: 0,
		});
	});

	it('shows one environment when asked for it, and a token of one only that', async () => {
		const all = await look('?environment=dev');
		expect(all.environments.map(({ name }) => name)).toEqual(['dev']);
		expect(all.ledgers).not.toEqual([]);
		const token = await room.tokenFor('viewer', 'dev');
		const own = await look('', token);
		expect(own).toMatchObject({ environments: [{ name: 'dev' }], ledgers: [], letters: [] });
		const refused = await room.call('GET /api/v1/overview?environment=production', { token });
		expect(refused.status).toBe(403);
	});

	it('shows workflows side by side', async () => {
		const answer = await room.call('GET /api/v1/overview/workflows?limit=2');
		const page = answer.body as unknown as Page<WorkflowAcross>;
		expect(page.data.map(({ workflowKey }) => workflowKey)).toEqual([
			'orders-000001',
			'orders-000002',
		]);
		const [dev, production] = page.data[0]?.environments ?? [];
		expect(dev).toMatchObject({ environment: 'dev', expected: null, newest: 1, drift: [] });
		expect(production).toMatchObject({
			workflowId: 'p1',
			expected: { number: 1, source: 'adopted' },
			paused: true,
			drift: ['edited'],
		});
		expect((production?.succeeded ?? 0) + (production?.failed ?? 0)).toBe(5);
		const next = await room.call(
			`GET /api/v1/overview/workflows?limit=2&cursor=${page.nextCursor ?? ''}`,
		);
		expect((next.body as unknown as Page<WorkflowAcross>).data[0]?.workflowKey).toBe(
			'orders-000003',
		);
	});

	it('shows only what has drifted or is paused, when asked', async () => {
		for (const show of ['drifted', 'paused']) {
			const answer = await room.call(`GET /api/v1/overview/workflows?show=${show}`);
			const { data } = answer.body as unknown as Page<WorkflowAcross>;
			expect(data.map(({ workflowKey }) => workflowKey)).toEqual(['orders-000001']);
			const elsewhere = `GET /api/v1/overview/workflows?show=${show}&environment=dev`;
			expect((await room.call(elsewhere)).body.data).toEqual([]);
		}
	});

	it('finds workflows by a part of their name', async () => {
		const byKey = await room.call('GET /api/v1/overview/workflows?workflow=orders-000077');
		const keyed = byKey.body as unknown as Page<WorkflowAcross>;
		expect(keyed.data.map(({ workflowKey }) => workflowKey)).toEqual(['orders-000077']);
		const answer = await room.call('GET /api/v1/overview/workflows?search=SHOP%2077');
		const { data } = answer.body as unknown as Page<WorkflowAcross>;
		expect(data.map(({ name }) => name)).toEqual(['Orders of shop 77']);
	});
});

it('shows whole hours, also those in which nothing ran', () => {
	const since = courseStart(new Date('2031-04-01T12:20:00Z'));
	expect(since).toEqual(new Date('2031-03-31T13:00:00Z'));
	const busy = { at: new Date('2031-04-01T12:00:00Z'), succeeded: 3, failed: 1 };
	const hours = everyHour(since, [busy]);
	expect(hours).toHaveLength(24);
	expect(hours.at(-1)).toEqual(busy);
	expect(hours[0]).toEqual({ at: since, succeeded: 0, failed: 0 });
});
