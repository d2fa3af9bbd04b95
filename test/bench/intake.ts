import { createHash, randomBytes } from 'node:crypto';
import { startEmbeddedPostgres } from '../../sidecar/storage/embedded-postgres/start-embedded-postgres';
import { createPool } from '../../sidecar/storage/pool';
import { newId } from '../../sidecar/kernel/ids';
import { startN8n } from '../support/n8n/n8n-instance';
import { ownTemporaryFolder } from '../support/n8n/temporary-folders.cjs';
import { createWorkflow, publish } from '../support/n8n/workflow-runs';
import { chain, node } from '../support/n8n/workflows';
import { quietLog } from '../support/postgres/quiet-log';
import { startSidecar } from '../support/sidecar/sidecar-process';
import { middle } from './in-turns';
import { type Measured, percentile, rounded, underLoad } from './load';
import type { Result } from './start-up';

const atOnce = 50;
/** Ours and bare inserts take turns of this length, so that a busy moment of the machine meets both. */
const turns = 15;
const turnMs = 2_000;
/** Of a turn: until all connections stand. */
const settleMs = 200;
/** Until what has just started is compiled. */
const warmUpMs = 5_000;
const n8nForMs = 6_000;
const body = {
	type: 'order.made',
	data: { object: { id: 'ord_1', amount: 1200, note: 'x'.repeat(400) } },
};

/**
 * Events a second that are on disk before they are answered, 50 connections: ours with a
 * subscription whose n8n is down, bare one-row inserts on the same Postgres, and n8n's own webhook.
 */
export async function intake(): Promise<Result[]> {
	const folder = ownTemporaryFolder('intake');
	const postgres = await startEmbeddedPostgres({ dataDir: folder, log: quietLog() });
	try {
		const { ours, bare, p99 } = await inTurns(postgres.connectionString);
		const n8n = await n8nWebhook();
		return [
			ratio('webhook intake, 50 connections (peer: the webhook node of n8n)', ours, n8n, 10),
			ratio('webhook intake, 50 connections (peer: bare one-row inserts)', ours, bare, 0.8),
			{
				name: 'webhook intake, 50 connections: p99 (peer: the goal)',
				ours: p99,
				peer: 50,
				unit: 'ms',
				ratio: rounded(p99 / 50),
				goal: 'ours < 50 ms',
				pass: p99 < 50,
			},
		];
	} finally {
		await postgres.stop();
	}
}

/** The turn in the middle by its ratio, and the p99 over all turns. */
async function inTurns(databaseUrl: string) {
	const ours = await oursOn(databaseUrl);
	const bare = await bareInserts(databaseUrl);
	try {
		await ours.take(warmUpMs);
		await bare.take(warmUpMs);
		const pairs: Array<{ ours: Measured; bare: Pick<Measured, 'perSecond'> }> = [];
		for (let nth = 0; nth < turns; nth += 1) {
			pairs.push({ ours: await ours.take(turnMs), bare: await bare.take(turnMs) });
		}
		const { pair } = middle(pairs, ({ ours: one, bare: other }) => one.perSecond / other.perSecond);
		const times = pairs.flatMap(({ ours: { times: some } }) => some);
		return {
			...pair,
			p99: percentile(
				times.sort((one, other) => one - other),
				0.99,
			),
		};
	} finally {
		await ours.stop();
		await bare.stop();
	}
}

function ratio(
	name: string,
	ours: Pick<Measured, 'perSecond'>,
	peer: Pick<Measured, 'perSecond'>,
	least: number,
): Result {
	const times = rounded(ours.perSecond / peer.perSecond);
	return {
		name,
		ours: ours.perSecond,
		peer: peer.perSecond,
		unit: 'events/s',
		ratio: times,
		goal: `ours >= ${least} x peer`,
		pass: times >= least,
	};
}

async function oursOn(databaseUrl: string) {
	const sidecar = await startSidecar({ databaseUrl, env: { LOG_LEVEL: 'warn' } });
	const put = async (path: string, content: object) =>
		await sidecar.api(path, { method: 'PUT', body: content });
	// Nobody listens there.
	const environment = { engine: 'n8n', baseUrl: 'http://127.0.0.1:9', apiKey: 'k', stage: 'dev' };
	await put('/environments/down', { ...environment, deadLetters: { follow: false } });
	const endpoint = '/webhooks/endpoints/bench';
	await put(endpoint, { scheme: 'none', eventId: { header: 'X-Id' } });
	const target = { environment: 'down', path: 'orders' };
	await put(`${endpoint}/subscriptions/orders`, { events: ['order.*'], target });
	const load = { url: sidecar.url, token: '', path: '/hooks/bench', body, atOnce };
	const eachHeader = () => `X-Id: ${newId()}`;
	return {
		take: async (forMs: number) =>
			await underLoad({ ...load, eachHeader, warmUpMs: settleMs, forMs: forMs - settleMs }),
		stop: sidecar.stop,
	};
}

/** What an application would do that keeps each event as it comes, over as many connections. */
async function bareInserts(databaseUrl: string) {
	const pool = createPool(databaseUrl, { max: atOnce, log: quietLog() });
	await pool.query(`create table bare_events (id uuid primary key, endpoint text not null,
		type text not null, dedup_key text not null, headers json not null, body bytea not null,
		received_at timestamptz not null, unique (endpoint, dedup_key))`);
	const bytes = Buffer.from(JSON.stringify(body));
	const keep = async () => {
		const key = createHash('sha256').update(randomBytes(16)).digest('base64url');
		await pool.query('insert into bare_events values ($1, $2, $3, $4, $5, $6, $7)', [
			newId(),
			'bench',
			'order.made',
			key,
			'{"content-type": "application/json"}',
			bytes,
			new Date(),
		]);
	};
	return {
		take: async (forMs: number) => {
			const began = performance.now();
			let kept = 0;
			await Promise.all(
				Array.from({ length: atOnce }, async () => {
					for (;;) {
						const now = performance.now() - began;
						if (now > forMs) return;
						await keep();
						if (now >= settleMs) kept += 1;
					}
				}),
			);
			return { perSecond: Math.round((kept / (forMs - settleMs)) * 1000) };
		},
		stop: async () => {
			await pool.end();
		},
	};
}

/** A workflow that only takes in: it answers at once and does nothing more. */
async function n8nWebhook(): Promise<Measured> {
	const n8n = await startN8n();
	try {
		const path = 'bench-intake';
		const webhook = node(
			'Webhook',
			'n8n-nodes-base.webhook',
			2,
			{ httpMethod: 'POST', path, responseMode: 'onReceived', options: {} },
			{ webhookId: path },
		);
		const { id } = await createWorkflow(n8n, chain('Bench intake', [webhook]));
		await publish(n8n, id);
		const load = { url: n8n.baseUrl, token: '', path: `/webhook/${path}`, body, atOnce };
		return await underLoad({ ...load, warmUpMs, forMs: n8nForMs });
	} finally {
		await n8n.stop();
	}
}
