import type { DriftReport } from '../../sidecar/contract/drift';
import { findEnvironment } from '../../sidecar/environments/find-environment';
import { driftRoutes, type DriftRoutesDependencies } from '../../sidecar/http/drift-routes';
import { createDriftStore } from '../../sidecar/storage/drift-store';
import type { Pool } from '../../sidecar/storage/pool';
import { seedDrift } from '../support/console/seed-drift';
import { seedRows } from '../support/console/seed-rows';
import { openHttpRoom, type HttpRoom } from '../support/http/http-room';

let room: HttpRoom;
let pool: Pool;

beforeAll(async () => {
	room = await openHttpRoom({
		routesOn: (parts) => {
			pool = parts.pool;
			const ports: Pick<DriftRoutesDependencies, 'drift' | 'environmentOf'> = {
				drift: createDriftStore(pool),
				environmentOf: async (name) => await findEnvironment(parts.environments, name),
			};
			return driftRoutes(ports as DriftRoutesDependencies);
		},
	});
	await seedRows(pool, 300);
	// The last of them is beyond the longest page.
	await seedDrift(pool);
});
afterAll(async () => {
	await room?.close();
});

const kept = async (query: string) =>
	(await room.call(`GET /api/v1/environments/production/drift?fresh=false&${query}`))
		.body as unknown as DriftReport;
const keysOf = ({ data }: DriftReport) => data.map(({ workflowKey }) => workflowKey);

it('finds the drift of one workflow however much has drifted before it', async () => {
	expect(keysOf(await kept('limit=200'))).not.toContain('orders-000300');
	expect(keysOf(await kept('workflow=orders-000300'))).toEqual(['orders-000300']);
	expect(keysOf(await kept('workflow=p300'))).toEqual(['orders-000300']);
});

it('has nothing to say of a workflow that has not drifted, and still tells of the environment', async () => {
	const report = await kept('workflow=another');
	expect(report).toMatchObject({ data: [], nextCursor: null, inSync: false });
});
