import { setTimeout as pause } from 'node:timers/promises';
import type { Parked } from '../../sidecar/contract/parking';
import { goLiveWaiting, startTelling, type WaitingExecution } from '../e2e/parked-workflow';
import { type N8nInstance, startN8n } from '../support/n8n/n8n-instance';
import { until } from '../support/n8n/until';
import { callWebhook, createWorkflow, publish } from '../support/n8n/workflow-runs';
import { webhookWorkflow } from '../support/n8n/workflows';
import { operatorOf } from '../support/sidecar/operator';
import { type SidecarProcess, startSidecar } from '../support/sidecar/sidecar-process';
import { middle } from './in-turns';
import { rounded } from './load';
import type { Result } from './start-up';

const itemsEach = 10;
/** Woken a second, at most; a small n8n starts about seven when it has nothing else to do. */
const mostPerSecond = 4;
const liveCalls = 150;
/** In turns on both; the middle pair counts: a moment in which the machine is busy with itself does not. */
const liveRounds = 9;
/** For parking all and a look at live traffic, before the first is due. In milliseconds. */
const headStartMs = 90_000;

/**
 * Executions that wait on one n8n with a concurrency limit of 5: what they cost live traffic, beside one
 * that has run as many of which none waits, and how late they wake. Each wakes at a time of its own, half
 * as many a second as n8n has just started.
 */
export async function parked(waiting = 1_000): Promise<Result[]> {
	const env = { N8N_CONCURRENCY_PRODUCTION_LIMIT: '5' };
	const [n8n, free] = [await startN8n({ env }), await startN8n({ env })];
	// As it is installed; the tests look more often.
	const sidecar = await startSidecar({ env: { LOG_LEVEL: 'warn', FOLLOW_INTERVAL: '5' } });
	try {
		await operatorOf(sidecar).register('dev', n8n, { deadLetters: { follow: false } });
		const body = webhookWorkflow({ name: 'Live', path: 'live', respond: 'lastNode' });
		for (const each of [n8n, free]) await publish(each, (await createWorkflow(each, body)).id);
		await liveCallsOf(free, waiting, 5);
		const began = performance.now();
		const started = await startAll(n8n, waiting);
		const startedPerSecond = (waiting * 1_000) / (performance.now() - began);
		const perSecond = rounded(Math.min(mostPerSecond, startedPerSecond / 2));
		// The last of them may still be on their way to the gate.
		await pause(3_000);
		const from = Date.now() + headStartMs;
		const ids = await parkAll(sidecar, started, from, perSecond);
		const { ours: during, peer: before } = await liveP95(n8n, free);
		if (Date.now() > from) throw new Error('the first was due before live traffic was looked at');
		const tickets = await allSettled(sidecar, ids);
		const late = tickets
			.map(({ settledAt, resumeAt }) => Date.parse(settledAt ?? '') - Date.parse(resumeAt ?? ''))
			.sort((one, other) => one - other);
		const resumed = tickets.filter(({ state }) => state === 'resumed').length;
		const latest = late.at(-1) ?? Infinity;
		const median = late[Math.floor(late.length / 2)] ?? Infinity;
		const what = `${waiting} parked executions with ${waiting * itemsEach} items`;
		return [
			{
				name: `live webhook p95 beside ${what} (peer: an n8n that has run as many, none waits)`,
				ours: during,
				peer: before,
				unit: 'ms',
				ratio: rounded(during / before),
				goal: 'ours <= 1.1 x peer',
				pass: during <= 1.1 * before,
			},
			{
				name: `${what} woken at ${perSecond}/s: the latest (median ${median} ms; peer: the goal)`,
				ours: latest,
				peer: 2_000,
				unit: 'ms',
				ratio: rounded(latest / 2_000),
				goal: `all woken, ours < 2000 ms; ${resumed} of ${waiting} woken`,
				pass: resumed === waiting && latest < 2_000,
			},
		];
	} finally {
		await sidecar.stop();
		await n8n.stop();
		await free.stop();
	}
}

/** In turns, so that a busy moment of the machine meets both; p95 in milliseconds. */
async function liveP95(ours: N8nInstance, peer: N8nInstance) {
	const pairs: Array<{ ours: number; peer: number }> = [];
	for (const each of [ours, peer]) await liveCallsOf(each, liveCalls, 1);
	for (let nth = 0; nth < liveRounds; nth += 1) {
		pairs.push({ ours: await roundOfCalls(ours), peer: await roundOfCalls(peer) });
	}
	return middle(pairs, (pair) => pair.ours / pair.peer).pair;
}

async function roundOfCalls(n8n: N8nInstance): Promise<number> {
	const times = await liveCallsOf(n8n, liveCalls, 1);
	times.sort((one, other) => one - other);
	return rounded(times[Math.floor(times.length * 0.95)] ?? Infinity);
}

/** Milliseconds of each. */
async function liveCallsOf(n8n: N8nInstance, count: number, atOnce: number): Promise<number[]> {
	const times: number[] = [];
	let left = count;
	const work = async () => {
		while (left > 0) {
			left -= 1;
			const began = performance.now();
			await callWebhook(n8n, 'live', { left });
			times.push(performance.now() - began);
		}
	};
	await Promise.all(Array.from({ length: atOnce }, work));
	return times;
}

async function startAll(n8n: N8nInstance, waiting: number): Promise<WaitingExecution[]> {
	await goLiveWaiting(n8n, 'many', {
		items: itemsEach,
		tellsCaller: true,
	});
	const started: WaitingExecution[] = [];
	let left = waiting;
	const work = async () => {
		while (left > 0) {
			left -= 1;
			started.push(await startTelling(n8n, 'many'));
		}
	};
	await Promise.all(Array.from({ length: 5 }, work));
	return started;
}

async function parkAll(
	sidecar: SidecarProcess,
	started: WaitingExecution[],
	from: number,
	perSecond: number,
) {
	const ids: string[] = [];
	const rest = [...started.entries()];
	const work = async () => {
		for (let next = rest.pop(); next; next = rest.pop()) {
			const [nth, waits] = next;
			const resumeAt = new Date(from + (nth * 1_000) / perSecond).toISOString();
			const { status, body } = await sidecar.api<Parked>('/parked', {
				body: { environment: 'dev', nodeId: 'gate', visit: 0, resumeAt, ...waits },
			});
			if (status !== 201) throw new Error(`parking answered ${status} ${JSON.stringify(body)}`);
			ids.push(body.id);
		}
	};
	await Promise.all(Array.from({ length: 10 }, work));
	return ids;
}

async function allSettled(sidecar: SidecarProcess, ids: string[]): Promise<Parked[]> {
	await until(
		'all to be settled',
		async () => {
			const open = await Promise.all(
				['parked', 'resuming'].map(
					async (state) =>
						(await sidecar.api<{ data: unknown[] }>(`/parked?state=${state}&limit=1`)).body.data,
				),
			);
			return open.flat().length === 0 || undefined;
		},
		{ deadlineMs: 900_000, everyMs: 1_000 },
	);
	const tickets: Parked[] = [];
	for (const id of ids) tickets.push((await sidecar.api<Parked>(`/parked/${id}`)).body);
	return tickets;
}
