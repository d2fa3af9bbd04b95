import { randomBytes } from 'node:crypto';
import { createPool, type Pool } from '../../sidecar/storage/pool';
import { startN8n, type N8nInstance } from '../support/n8n/n8n-instance';
import { until } from '../support/n8n/until';
import { dataFolder, type DataFolder } from '../support/postgres/data-folder';
import { quietLog } from '../support/postgres/quiet-log';
import { type PostgresOwner, startPostgresOwner } from '../support/postgres/start-postgres-owner';
import { type SidecarProcess, startSidecar } from '../support/sidecar/sidecar-process';

/** Something that can be killed and comes back. */
export interface Victim {
	name: string;
	kill(): Promise<void>;
	revive(): Promise<void>;
}

/** A Postgres, an n8n and two sidecars, all of its own: everything in it is killed. */
export interface World {
	pool: Pool;
	n8n: N8nInstance;
	sidecars: SidecarProcess[];
	victims: { n8n: Victim; postgres: Victim; sidecars: Victim[] };
	/** The end of every log, for a test that fails. */
	explain(): string;
	stop(): Promise<void>;
}

export async function startWorld(replicas: number): Promise<World> {
	const folder = await dataFolder();
	const owner = startPostgresOwner(folder.path);
	const [{ connectionString }, n8n] = await Promise.all([owner.outcome, startN8n()]);
	// A replica waits for the migrations of the one before.
	const sidecars: SidecarProcess[] = [];
	const env = { ORCHESTRATION_ENCRYPTION_KEY: randomBytes(32).toString('base64') };
	for (let nth = 0; nth < replicas; nth += 1) {
		sidecars.push(await startSidecar({ databaseUrl: connectionString, env }));
	}
	const pool = createPool(connectionString, { max: 2, log: quietLog() });
	return {
		pool,
		n8n,
		sidecars,
		victims: {
			n8n: {
				name: 'n8n',
				kill: async () => await n8n.kill(),
				revive: async () => await n8n.restart(),
			},
			postgres: postgresOf(folder, pool),
			sidecars: sidecars.map((sidecar, nth) => ({
				name: `sidecar ${nth + 1}`,
				kill: async () => await sidecar.kill(),
				revive: async () => await sidecar.restart(),
			})),
		},
		explain: () => sidecars.map((sidecar) => sidecar.log().slice(-3_000)).join('\n\n'),
		stop: async () => {
			await pool.end();
			await Promise.all(sidecars.map(async (sidecar) => await sidecar.stop()));
			await Promise.all([n8n.stop(), end(owner, folder)]);
		},
	};
}

/** All of its processes at once, as a power cut would; its owner starts it again on the same port. */
function postgresOf(folder: DataFolder, pool: Pool): Victim {
	return {
		name: 'Postgres',
		kill: folder.killServers,
		revive: async () => {
			await until(
				'Postgres to be back',
				async () =>
					await pool.query('select 1').then(
						() => true as const,
						() => undefined,
					),
				{ deadlineMs: 120_000 },
			);
		},
	};
}

async function end(owner: PostgresOwner, folder: DataFolder): Promise<void> {
	await owner.stop();
	await folder.remove();
}
