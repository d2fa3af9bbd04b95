import { startN8n } from '../support/n8n/n8n-instance';
import { expectOk } from '../support/n8n/n8n-requests';
import { callWebhook, createWorkflow, publish } from '../support/n8n/workflow-runs';
import { webhookWorkflow } from '../support/n8n/workflows';
import { until } from '../support/n8n/until';
import { operatorOf } from '../support/sidecar/operator';
import { type SidecarProcess, startSidecar } from '../support/sidecar/sidecar-process';
import { rounded } from './load';
import type { Result } from './start-up';

const letters = 10_000;
/** Half of it before the replay and half after: the machine itself becomes faster and slower. */
const withoutMs = 120_000;
/** Longer than it takes to find its pace. */
const duringMs = 150_000;
/** What the replay may do at most; live traffic decides how much of it that is. */
const rate = 20;
const liveEveryMs = 150;

interface Bulk {
	id: string;
	pace: number;
	progress: { succeeded: number; failed: number };
}

/** What live traffic of an n8n notices while 10,000 letters are replayed in it. */
export async function pacedReplay(): Promise<Result[]> {
	const n8n = await startN8n();
	const sidecar = await startSidecar({ env: { LOG_LEVEL: 'warn', FOLLOW_INTERVAL: '5' } });
	try {
		await operatorOf(sidecar).register('bench', n8n, { deadLetters: { follow: true } });
		const made = async (name: string) => {
			const body = webhookWorkflow({ name, path: name, respond: 'lastNode' });
			const { id } = await createWorkflow(n8n, body);
			await publish(n8n, id);
			return id;
		};
		await made('live');
		const failed = await made('failed');
		const live = async (ms: number) =>
			await timesOf(async () => await callWebhook(n8n, 'live', {}), ms);
		await installRunner(sidecar, failed);
		await live(5_000);
		const without = await live(withoutMs / 2);
		await keepLetters(sidecar, failed, letters);
		const bulk = expectOk(
			'begin the replay',
			await sidecar.api<Bulk>('/replays', {
				method: 'POST',
				body: { filter: { environment: 'bench', workflow: failed }, rate },
			}),
		);
		const during = p95(await live(duringMs));
		const now = expectOk('look', await sidecar.api<Bulk>(`/replays/${bulk.id}`));
		await sidecar.api(`/replays/${bulk.id}/cancel`, { method: 'POST', body: {} });
		without.push(...(await live(withoutMs / 2)));
		const peer = p95(without);
		const done = now.progress.succeeded + now.progress.failed;
		const perSecond = rounded((done * 1000) / duringMs);
		return [
			{
				name: `live webhook p95 beside a replay of ${letters} letters (${done} done in ${duringMs / 1000} s, ${perSecond}/s, pace at the end ${rounded(now.pace)}/s; peer: before and after it)`,
				ours: during,
				peer,
				unit: 'ms',
				ratio: rounded(during / peer),
				goal: 'ours <= 1.2 x peer',
				pass: during <= 1.2 * peer && done > 0 && now.progress.failed === 0,
			},
		];
	} finally {
		await sidecar.stop();
		await n8n.stop();
	}
}

/** Once for each n8n, and not what is measured. */
async function installRunner(sidecar: SidecarProcess, workflowId: string): Promise<void> {
	const [id] = await keepLetters(sidecar, workflowId, 1);
	const replay = { method: 'POST', body: { strategy: 'redeliver', version: 'live' } };
	expectOk('replay one', await sidecar.api(`/dead-letters/${id}/replay`, replay));
	await until('the one to be replayed', async () => {
		const { body } = await sidecar.api<{ state: string }>(`/dead-letters/${id}`);
		return body.state === 'resolved' || undefined;
	});
}

/** Ids of the first thousand. */
async function keepLetters(
	sidecar: SidecarProcess,
	workflowId: string,
	count: number,
): Promise<string[]> {
	const letter = (order: number) => ({
		origin: 'api',
		workflowId,
		trigger: { node: 'Webhook', items: [{ json: { body: { order } } }] },
		error: { message: 'The service is down', httpStatus: 503 },
		// Nobody tries it before the replay does.
		errorClass: 'data',
	});
	let ids: string[] = [];
	for (let from = 0; from < count; from += 1_000) {
		const length = Math.min(1_000, count - from);
		const some = Array.from({ length }, (_, nth) => letter(from + nth));
		const body = { environment: 'bench', letters: some };
		const kept = await sidecar.api<{ letters: Array<{ id: string }> }>('/dead-letters', {
			method: 'POST',
			body,
		});
		const { letters: made } = expectOk('keep letters', kept);
		if (from === 0) ids = made.map(({ id }) => id);
	}
	return ids;
}

/** One call after the other, evenly spread, in milliseconds. */
async function timesOf(ask: () => Promise<unknown>, forMs: number): Promise<number[]> {
	const times: number[] = [];
	const until = performance.now() + forMs;
	while (performance.now() < until) {
		const began = performance.now();
		await ask();
		const took = performance.now() - began;
		times.push(took);
		await new Promise((resolve) => setTimeout(resolve, Math.max(0, liveEveryMs - took)));
	}
	return times;
}

function p95(times: number[]): number {
	times.sort((one, other) => one - other);
	return rounded(times[Math.floor(times.length * 0.95)] ?? Infinity);
}
