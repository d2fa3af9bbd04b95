import type { Clock } from '../../sidecar/kernel/clock';
import { systemClock } from '../../sidecar/kernel/clock';
import type { N8nConnection } from '../support/n8n/n8n-connection';
import { sharedN8n } from '../support/n8n/shared-n8n';
import { callWebhook, waitForExecution } from '../support/n8n/workflow-runs';
import { webhookWorkflow } from '../support/n8n/workflows';
import { connectionTo, contentOf, engineFor, freshTraceparent, goLive } from './n8n-under-test';

const tenMinutes = 600_000;
/** Of the times n8n tells of itself in its answers, and of the way of an answer on a busy machine. */
const roundedMs = 5_000;

let n8n: N8nConnection;

beforeAll(async () => {
	n8n = await sharedN8n('engines');
}, 400_000);

/** As if n8n were so far ahead: ours is so far behind. */
const clockBehind = (byMs: number): Clock => ({
	...systemClock,
	now: () => new Date(systemClock.now().getTime() - byMs),
});

describe.each([
	['behind', -tenMinutes],
	['ahead of', tenMinutes],
])('an n8n whose clock is ten minutes %s ours', (side, aheadMs) => {
	const clock = clockBehind(aheadMs);
	const engine = () => engineFor(connectionTo(n8n.baseUrl, n8n.apiKey), { clock });

	const expectOurs = (time: string | null | undefined, since: Date) => {
		const at = Date.parse(time ?? '');
		expect(at).toBeGreaterThanOrEqual(since.getTime() - roundedMs);
		expect(at).toBeLessThanOrEqual(clock.now().getTime() + roundedMs);
	};

	it('has the execution of a call found by the first question asked, with its times in our clock', async () => {
		const path = `clock-${aheadMs}-${process.pid}`;
		const { id } = await engine().definitions.create(
			contentOf(webhookWorkflow({ name: `Clock ${aheadMs}`, path })),
		);
		await goLive(engine(), id, path);
		const since = clock.now();
		const traceparent = freshTraceparent();
		await callWebhook(n8n, path, {}, { traceparent });
		await waitForExecution(n8n, { workflowId: id, status: 'success' });

		const found = await engine().executions.findCall({ workflowId: id, traceparent, since });
		expectOurs(found?.startedAt, since);
		expectOurs(found?.stoppedAt, since);
		const startedAfter = new Date(since.getTime() - roundedMs).toISOString();
		const [listed] = await engine().executions.list({ workflowId: id, startedAfter });
		expect(listed?.id).toBe(found?.id);
		expectOurs((await engine().executions.get(found?.id ?? '')).startedAt, since);
	});

	it('tells in our clock when a credential was changed', async () => {
		const since = clock.now();
		const { id } = await n8n
			.api<{ id: string }>('/credentials', {
				body: { name: 'Clock', type: 'httpHeaderAuth', data: { name: 'X', value: 'y' } },
			})
			.then(({ body }) => body);
		const credentials = await engine().definitions.listCredentials();
		expectOurs(credentials.find((one) => one.id === id)?.updatedAt, since);
	});

	it('is told of by the check', async () => {
		const { findings } = await engine().check();
		expect(findings.find(({ name }) => name === 'clock')).toEqual({
			name: 'clock',
			ok: false,
			message: expect.stringMatching(
				new RegExp(`^its clock is (600|599|601) s ${side} ours; set both by a time server`),
			),
		});
	});
});

it('has nothing said of a clock that agrees', async () => {
	const { findings } = await engineFor(connectionTo(n8n.baseUrl, n8n.apiKey)).check();
	expect(findings.find(({ name }) => name === 'clock')).toEqual({
		name: 'clock',
		ok: true,
		message: 'its clock agrees with ours',
	});
});
