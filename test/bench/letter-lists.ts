import { createHash } from 'node:crypto';
import { encodeCursor } from '../../sidecar/http/paging';
import { startEmbeddedPostgres } from '../../sidecar/storage/embedded-postgres/start-embedded-postgres';
import { createEnvironmentStore } from '../../sidecar/storage/environment-store';
import { migrate } from '../../sidecar/storage/migrate';
import { createPool, type Pool } from '../../sidecar/storage/pool';
import { environmentNamed } from '../support/dead-letters/letters';
import { ownTemporaryFolder } from '../support/n8n/temporary-folders.cjs';
import { quietLog } from '../support/postgres/quiet-log';
import { startSidecar, type SidecarProcess } from '../support/sidecar/sidecar-process';
import { rounded } from './load';
import type { Result } from './start-up';

const mostMs = 100;
const asksEach = 12;

/** What is asked for, each on the first page and deep in the list. */
const filters = [
	'environment=bench',
	'state=waiting',
	'state=discarded',
	'workflowId=workflow-7',
	'errorClass=auth',
	'severity=critical',
	`incident=${createHash('md5').update('incident-77').digest('hex')}`,
	'environment=bench&state=waiting&workflowId=workflow-3',
	'environment=bench&state=expired&errorClass=bug',
	'workflowId=workflow-11&severity=critical',
	'executionId=70007',
];

/** Lists over HTTP, newest first, with each filter. */
export async function letterLists(letters = 1_000_000): Promise<Result[]> {
	const dataDir = ownTemporaryFolder('bench-postgres');
	const postgres = await startEmbeddedPostgres({ dataDir, log: quietLog() });
	const databaseUrl = postgres.connectionString;
	const pool = createPool(databaseUrl, { max: 2, statementTimeoutMs: 600_000, log: quietLog() });
	try {
		await migrate(pool, { log: quietLog() });
		await createEnvironmentStore(pool).put(environmentNamed('bench'));
		await fill(pool, letters);
		const sidecar = await startSidecar({ databaseUrl, env: { LOG_LEVEL: 'warn' } });
		try {
			return [listed(letters, await timesOf(sidecar, letters))];
		} finally {
			await sidecar.stop();
		}
	} finally {
		await pool.end();
		await postgres.stop();
	}
}

/** In milliseconds. The first round opens connections and warms caches. */
async function timesOf(sidecar: SidecarProcess, letters: number): Promise<number[]> {
	const times: number[] = [];
	for (let nth = 0; nth <= asksEach; nth += 1) {
		for (const filter of filters) {
			const cursor =
				nth % 2 === 0 ? '' : `&cursor=${encodeCursor(idOf(Math.ceil((letters * nth) / asksEach)))}`;
			const began = performance.now();
			const { status, body } = await sidecar.api(`/dead-letters?limit=50&${filter}${cursor}`);
			if (status !== 200) throw new Error(`${filter}: ${status} ${JSON.stringify(body)}`);
			const ms = performance.now() - began;
			if (ms > mostMs) console.log(`${rounded(ms)} ms: ${filter}${cursor}`);
			if (nth > 0) times.push(ms);
		}
	}
	return times;
}

function listed(letters: number, times: number[]): Result {
	times.sort((one, other) => one - other);
	const p95 = rounded(times[Math.floor(times.length * 0.95)] ?? Infinity);
	return {
		name: `a page of ${letters} dead letters by a filter, over HTTP: p95 (peer: the goal)`,
		ours: p95,
		peer: mostMs,
		unit: 'ms',
		ratio: rounded(p95 / mostMs),
		goal: `ours < ${mostMs} ms`,
		pass: p95 < mostMs,
	};
}

const idOf = (nth: number) => `01900000-0000-7000-8000-${nth.toString(16).padStart(12, '0')}`;

/** Made by one statement; nobody is told of them. */
async function fill(pool: Pool, letters: number): Promise<void> {
	await pool.query('alter table dead_letters disable trigger user');
	const at = 200_000;
	for (let from = 1; from <= letters; from += at) {
		await pool.query(fillSql, [from, Math.min(letters, from + at - 1)]);
	}
	await pool.query('alter table dead_letters enable trigger user');
	await pool.query('analyze dead_letters');
}

const fillSql = `
	insert into dead_letters (id, environment, dedup_key, state, origin, workflow_id, workflow_name,
		error, error_class, severity, incident, failed_node, failed_input, execution_id, captured_at, created_at,
		updated_at, expires_at)
	select ('01900000-0000-7000-8000-' || lpad(to_hex(nth), 12, '0'))::uuid, 'bench', 'letter:' || nth,
		case when nth % 100 = 0 then 'discarded' when nth % 10 < 6 then 'resolved'
			when nth % 10 < 9 then 'waiting' else 'expired' end,
		'api', 'workflow-' || nth % 20, 'Workflow ' || nth % 20,
		'{"node": "Call", "name": "Error", "message": "Service unavailable", "description": null, "httpStatus": 503}',
		case when nth % 50 = 0 then 'auth' when nth % 7 = 0 then 'bug' else 'transient' end,
		case when nth % 500 = 0 then 'critical' else 'error' end,
		md5('incident-' || nth % 1000), 'Call', '[{"json": {"order": 1}}]', nth::text, now(), now(), now(),
		now() + interval '30 days'
	from generate_series($1::integer, $2::integer) as nth`;
