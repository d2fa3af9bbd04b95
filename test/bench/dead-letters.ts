import { PgBoss } from 'pg-boss';
import { acceptLetters, type LetterRequest } from '../../sidecar/dead-letters/accept-letter';
import { newId } from '../../sidecar/kernel/ids';
import { newTraceparent } from '../../sidecar/kernel/traceparent';
import { systemClock } from '../../sidecar/kernel/clock';
import { createDeadLetterStore } from '../../sidecar/storage/dead-letter-store';
import { startEmbeddedPostgres } from '../../sidecar/storage/embedded-postgres/start-embedded-postgres';
import { createEnvironmentStore } from '../../sidecar/storage/environment-store';
import { migrate } from '../../sidecar/storage/migrate';
import { createPool, type Pool } from '../../sidecar/storage/pool';
import { environmentNamed } from '../support/dead-letters/letters';
import { ownTemporaryFolder } from '../support/n8n/temporary-folders.cjs';
import { quietLog } from '../support/postgres/quiet-log';
import { rounded } from './load';
import type { Result } from './start-up';

const atOnce = 50;
const rounds = 5;
const batch = 100;
/** So many of each that neither side runs out in a round. */
const stocked = 45_000;
const payload = { order: 1, note: 'x'.repeat(200) };
const failure: LetterRequest = {
	origin: 'api',
	workflowId: 'orders',
	failedInput: [{ json: payload }],
	error: {
		node: null,
		name: 'Error',
		message: 'Service unavailable',
		description: null,
		httpStatus: 503,
	},
};

/** Letters kept, claimed and finished beside pg-boss on the same Postgres. */
export async function deadLetters(): Promise<Result[]> {
	const postgres = await startEmbeddedPostgres({
		dataDir: ownTemporaryFolder('bench-postgres'),
		log: quietLog(),
	});
	const pool = createPool(postgres.connectionString, { max: 20, log: quietLog() });
	const boss = new PgBoss({
		connectionString: postgres.connectionString,
		max: 20,
		supervise: false,
	});
	// It tells of lost connections so, and would end the process if nobody listened.
	boss.on('error', (error) => console.log('pg-boss:', error.message));
	try {
		await migrate(pool, { log: quietLog() });
		await boss.start();
		await boss.createQueue('letters');
		const ours = await lettersOn(pool);
		const keeping = await inTurns(
			async () => await ours.keep(1),
			async () => {
				await boss.send('letters', payload);
				return 1;
			},
		);
		const restock = async () => await stock(pool, ours, boss);
		const finishing = await inTurns(ours.finish, async () => await finishJobs(boss, 1), restock);
		const inBatches = await inTurns(
			async () => await manyAtOnce(ours.finish, batch),
			async () => await finishJobs(boss, batch),
			restock,
		);
		return [
			ratio('dead letters kept one by one, 50 at once (peer: send of pg-boss)', keeping, 3),
			ratio(
				'replays of dead letters begun and ended, 50 at once (peer: fetch and complete of pg-boss, one by one)',
				finishing,
				1,
			),
			ratio(
				'replays of dead letters begun and ended, 50 times 100 at once (peer: fetch and complete of pg-boss, 100 a call)',
				inBatches,
				1,
			),
		];
	} finally {
		await boss.stop({ graceful: false });
		await pool.end();
		await postgres.stop();
	}
}

/** Tells how many it did. */
type Work = () => Promise<number>;

interface Round {
	ours: number;
	peer: number;
}

function ratio(name: string, { ours, peer }: Round, least: number): Result {
	const times = rounded(ours / peer);
	const goal = `ours >= ${least} x peer`;
	return { name, ours, peer, unit: '/s', ratio: times, goal, pass: times >= least };
}

async function lettersOn(pool: Pool) {
	const environment = environmentNamed('bench');
	await createEnvironmentStore(pool).put(environment);
	const letters = createDeadLetterStore(pool);
	const ports = { letters, clock: systemClock, newId, random: Math.random };
	const kept: string[] = [];
	const lease = { owner: 'bench', ttlMs: 60_000 };
	return {
		keep: async (count: number) => {
			const accepted = await acceptLetters(
				ports,
				environment,
				Array.from({ length: count }, () => failure),
			);
			for (const { letter } of accepted) kept.push(letter.id);
			return accepted.length;
		},
		finish: async () => {
			const id = kept.pop();
			if (id === undefined) throw new Error('there are no more letters to replay');
			const replay = await letters.beginReplay(
				id,
				{
					strategy: 'redeliver',
					version: 'live',
					traceparent: newTraceparent(),
					requestedBy: 'bench',
					startedAt: new Date(),
				},
				lease,
			);
			if (!replay) throw new Error(`letter ${id} could not be taken`);
			await letters.endReplay(id, replay.number, {
				status: 'succeeded',
				executionId: null,
				message: null,
				finishedAt: new Date(),
				letter: { state: 'resolved' },
			});
			return 1;
		},
	};
}

async function finishJobs(boss: PgBoss, batchSize: number): Promise<number> {
	const jobs = await boss.fetch('letters', { batchSize });
	if (jobs.length === 0) throw new Error('there are no more jobs to fetch');
	await boss.complete(
		'letters',
		jobs.map(({ id }) => id),
	);
	return jobs.length;
}

async function manyAtOnce(work: Work, count: number): Promise<number> {
	const done = await Promise.all(Array.from({ length: count }, work));
	return done.reduce((sum, each) => sum + each, 0);
}

/** Statistics are as they are where it has run for a while: pg-boss fetches several times as fast then. */
async function stock(
	pool: Pool,
	ours: { keep(count: number): Promise<number> },
	boss: PgBoss,
): Promise<void> {
	for (let nth = 0; nth < stocked; nth += 500) {
		await ours.keep(500);
		await boss.insert(
			'letters',
			Array.from({ length: 500 }, () => ({ data: payload })),
		);
	}
	await pool.query('vacuum analyze');
}

/** In turns, so that a busy moment of the machine meets both; the middle round counts. */
async function inTurns(
	ours: Work,
	peer: Work,
	prepare: () => Promise<void> = async () => undefined,
): Promise<Round> {
	const measured: Round[] = [];
	for (let nth = 0; nth < rounds; nth += 1) {
		await prepare();
		measured.push({ ours: await perSecond(ours), peer: await perSecond(peer) });
	}
	measured.sort((one, other) => one.ours / one.peer - other.ours / other.peer);
	return measured[Math.floor(rounds / 2)] ?? { ours: 0, peer: Infinity };
}

async function perSecond(work: Work): Promise<number> {
	const until = async (end: number): Promise<number> => {
		let done = 0;
		const one = async () => {
			while (performance.now() < end) {
				const count = await work();
				done += count;
			}
		};
		await Promise.all(Array.from({ length: atOnce }, one));
		return done;
	};
	await until(performance.now() + 300);
	const forMs = 1_000;
	return Math.round((await until(performance.now() + forMs)) / (forMs / 1000));
}
