import type { EngineWorkflow } from '../../../sidecar/engines/port/workflow';
import { seeLive } from '../../../sidecar/promotion/steps/see-live';
import type { StepContext } from '../../../sidecar/promotion/steps/step-context';
import { change, content, inTarget, step, webhook } from './fixtures';

const published = inTarget('wf-1', content('Orders', [webhook('orders')]));

/** Sees it live; `registeredAfter` milliseconds its webhook answers. */
async function see(registeredAfter: number, now: EngineWorkflow = published) {
	let passed = 0;
	const context = {
		signal: new AbortController().signal,
		seenLive: new Map(),
		clock: {
			now: () => new Date(passed),
			sleep: async (ms: number) => {
				passed += ms;
				await Promise.resolve();
			},
		},
		definitions: {
			get: async () => await Promise.resolve(now),
			probeWebhook: async () => await Promise.resolve(passed >= registeredAfter),
		},
		desiredOf: async () => await Promise.resolve({ expected: published.content }),
		stepOf: () =>
			step(0, 'done', {
				result: { workflowId: 'wf-1', versionId: published.draftVersionId },
				finishedAt: new Date(0),
			}),
	} as unknown as StepContext;
	const saw = seeLive.run(context, change('orders', { targetWorkflowId: 'wf-1' }));
	return { result: await saw.catch((error: unknown) => error), passed: () => passed };
}

it('looks no sooner than n8n can have switched', async () => {
	const { result, passed } = await see(0);
	expect(result).toEqual({ workflowId: 'wf-1' });
	expect(passed()).toBe(1_000);
});

it('waits for the webhook to be registered', async () => {
	const { result, passed } = await see(5_000);
	expect(result).toEqual({ workflowId: 'wf-1' });
	expect(passed()).toBe(5_000);
});

it('gives up after a minute, naming what does not answer', async () => {
	const { result } = await see(Infinity);
	expect(result).toMatchObject({
		code: 'promotion_not_live',
		message: expect.stringContaining('webhook POST orders is not registered') as string,
	});
});

it('never takes what somebody else has published for ours', async () => {
	const { result } = await see(0, {
		...published,
		live: { ...published.live!, versionId: 'theirs' },
	});
	expect(result).toMatchObject({ code: 'promotion_plan_stale' });
});

it('takes no other content for what was planned', async () => {
	const other = inTarget('wf-1', content('Orders', [webhook('others')]));
	const { result } = await see(0, other);
	expect(result).toMatchObject({ code: 'promotion_plan_stale' });
});
