import { createRequire } from 'node:module';
import { Pool } from 'pg';
import { systemClock } from '../../sidecar/kernel/clock';
import { reserve } from '../../sidecar/rate-limits/use-rate-limits';
import { startEmbeddedPostgres } from '../../sidecar/storage/embedded-postgres/start-embedded-postgres';
import { databaseTime } from '../../sidecar/storage/fleet-time';
import { migrate } from '../../sidecar/storage/migrate';
import { createPool } from '../../sidecar/storage/pool';
import { createRateLimitStore } from '../../sidecar/storage/rate-limit-store';
import { ownTemporaryFolder } from '../support/n8n/temporary-folders.cjs';
import { quietLog } from '../support/postgres/quiet-log';
import { startSidecar } from '../support/sidecar/sidecar-process';
import { heldTo } from './held-to';
import { type Measured, rounded, underLoad } from './load';
import type { Result } from './start-up';

const atOnce = 50;
/** So high that nothing has to wait: the cost of deciding is what is measured. */
const policy = { limit: 1_000_000, intervalMs: 1_000, burst: 1 };

/** Reservations on one hot key: over HTTP, and in process against rate-limiter-flexible. */
export async function rateLimits(): Promise<Result[]> {
	const postgres = await startEmbeddedPostgres({
		dataDir: ownTemporaryFolder('bench-postgres'),
		log: quietLog(),
	});
	try {
		const peers = await againstPeer(postgres.connectionString);
		return [...peers, ...(await overHttp(postgres.connectionString))];
	} finally {
		await postgres.stop();
	}
}

async function overHttp(databaseUrl: string): Promise<Result[]> {
	const sidecar = await startSidecar({ databaseUrl });
	try {
		await sidecar.api('/rate-limits/bench', { method: 'PUT', body: policy });
		const load = {
			url: sidecar.url,
			token: sidecar.token,
			path: '/api/v1/rate-limits/bench/reservations',
			body: {},
			atOnce,
			warmUpMs: 2_000,
			forMs: 6_000,
		};
		const steady: Measured = await underLoad({ ...load, perSecond: 1_000 });
		const full = await underLoad(load);
		return [
			...heldTo('reservation over HTTP, 50 connections, 1,000 a second', steady),
			...heldTo(`reservation over HTTP, 50 always under way (${full.perSecond}/s)`, full),
		];
	} finally {
		await sidecar.stop();
	}
}

async function againstPeer(connectionString: string): Promise<Result[]> {
	const peer = await peerOn(connectionString);
	const pool = createPool(connectionString, { max: 20, log: quietLog() });
	try {
		await migrate(pool, { log: quietLog() });
		const ports = {
			rateLimits: createRateLimitStore(pool, databaseTime(systemClock)),
			quotaOf: async () => await Promise.resolve(null),
		};
		const claim = { count: 1, weight: 1, tenant: null, maxWaitMs: null };
		const ours = async () => await reserve(ports, 'peer', claim, policy);
		if (!peer) {
			console.log('rate-limiter-flexible is not installed: its comparison is left out');
			return [];
		}
		// In turns, so that a busy moment of the machine meets both.
		const rounds: Array<{ ours: number; peer: number }> = [];
		for (let round = 0; round < 3; round += 1) {
			rounds.push({ ours: await perSecond(ours), peer: await perSecond(peer.ask) });
		}
		rounds.sort((one, other) => one.ours / one.peer - other.ours / other.peer);
		const middle = rounds[1] ?? { ours: 0, peer: Infinity };
		const ratio = rounded(middle.ours / middle.peer);
		return [
			{
				name: 'reservations on one hot key, 50 at once (peer: rate-limiter-flexible)',
				...middle,
				unit: '/s',
				ratio,
				goal: 'ratio >= 4',
				pass: ratio >= 4,
			},
		];
	} finally {
		await pool.end();
		await peer?.end();
	}
}

async function perSecond(ask: () => Promise<unknown>): Promise<number> {
	const until = async (end: number): Promise<number> => {
		let answered = 0;
		await Promise.all(
			Array.from({ length: atOnce }, async () => {
				while (performance.now() < end) {
					await ask();
					answered += 1;
				}
			}),
		);
		return answered;
	};
	await until(performance.now() + 500);
	const forMs = 2_500;
	return Math.round((await until(performance.now() + forMs)) / (forMs / 1000));
}

interface Flexible {
	RateLimiterPostgres: new (
		options: object,
		ready: (error?: Error) => void,
	) => { consume(key: string, points: number): Promise<unknown> };
}

/** As its readme says, on a pool of the same size. */
async function peerOn(connectionString: string) {
	const load = createRequire(__filename);
	let flexible: Flexible;
	try {
		flexible = load('rate-limiter-flexible') as Flexible;
	} catch {
		return null; // not installed
	}
	const storeClient = new Pool({ connectionString, max: 20 });
	const options = { storeClient, points: 1_000_000_000, duration: 3_600, tableName: 'flexible' };
	const limiter = await new Promise<InstanceType<Flexible['RateLimiterPostgres']>>(
		(resolve, reject) => {
			const made = new flexible.RateLimiterPostgres(options, (error) => {
				if (error) reject(error);
				else resolve(made);
			});
		},
	);
	return {
		ask: async () => await limiter.consume('peer', 1),
		end: async () => await storeClient.end(),
	};
}
