import type { Promotion } from '../../sidecar/contract/promotions';
import { locator, inOrchestrationRoom, promotion, workflow } from './support/orchestration-room';
import { problem } from './support/scripted-sidecar';

const room = inOrchestrationRoom();

const parameters = {
	resource: 'promotion',
	operation: 'promote',
	...workflow,
	to: locator('production'),
};

/** Planned, then applied, then these phases one poll after the other. */
function phases(...later: Array<Partial<Promotion>>) {
	room.sidecar.answer(({ route }, before) => {
		if (route === 'POST /api/v1/promotions') return { body: promotion() };
		return { body: promotion(later[before - 1] ?? later.at(-1) ?? {}) };
	});
}

it('applies the plan it got and waits until the promotion has succeeded', async () => {
	phases({ phase: 'applying' }, { phase: 'verifying' }, { phase: 'succeeded' });
	const { json, error } = await room.orchestrate(parameters);

	expect(error).toBeUndefined();
	expect(json).toMatchObject([{ id: 'p1', phase: 'succeeded' }]);
	expect(room.sidecar.calls.map(({ route }) => route)).toEqual([
		'POST /api/v1/promotions',
		'POST /api/v1/promotions/p1/apply',
		'GET /api/v1/promotions/p1',
		'GET /api/v1/promotions/p1',
	]);
	expect(room.sidecar.calls[1]?.body).toEqual({ planDigest: 'd1' });
});

it('applies nothing when something blocks, and lists it with its candidates', async () => {
	const blocker = {
		code: 'credential_unmapped',
		message: 'Credential "Stripe" has no counterpart.',
		workflowKey: 'orders',
		place: 'nodes[HTTP].credentials.httpHeaderAuth',
		candidates: [{ id: 'c9', name: 'Stripe live' }],
	};
	const plan = { digest: 'd1', changes: [], blockers: [blocker], warnings: [] };
	room.sidecar.answer(() => ({ body: promotion({ plan }) }));
	const { error } = await room.orchestrate(parameters);

	expect(room.sidecar.calls).toHaveLength(1);
	expect(error).toMatchObject({
		message: 'Promotion p1 to production is blocked by 1 finding(s)',
		description:
			'nodes[HTTP].credentials.httpHeaderAuth: Credential "Stripe" has no counterpart. Candidates: Stripe live (c9)',
	});
});

it('applies nothing while approval is missing', async () => {
	room.sidecar.answer(() => ({ body: promotion({ phase: 'awaiting-approval' }) }));
	const { error } = await room.orchestrate(parameters);

	expect(room.sidecar.calls).toHaveLength(1);
	expect(error?.message).toBe('Promotion p1 to production waits for approval');
});

it('fails with the reason and the step when the promotion failed', async () => {
	const step = {
		index: 2,
		workflowKey: 'orders',
		action: 'publish',
		status: 'failed' as const,
		message: 'Someone else saved the workflow.',
		startedAt: null,
		finishedAt: null,
	};
	phases({ phase: 'failed', reason: 'The target moved.', steps: [step] });
	const { error } = await room.orchestrate(parameters);

	expect(error).toMatchObject({
		message: 'Promotion p1 to production ended as failed: The target moved.',
		description: 'Step 2 (publish): Someone else saved the workflow.',
	});
});

it('stops waiting after its timeout, and says that the promotion goes on', async () => {
	phases({ phase: 'applying' });
	const { error } = await room.orchestrate({ ...parameters, options: { timeoutSeconds: 0.6 } });

	expect(error).toMatchObject({
		message: 'Promotion p1 is still applying after 0.6 s',
		description: expect.stringContaining('goes on') as string,
	});
});

it('says what a stale plan is refused with', async () => {
	room.sidecar.answer(({ route }) =>
		route === 'POST /api/v1/promotions'
			? { body: promotion() }
			: problem(409, 'promotion_plan_stale', 'The source moved. Plan again.'),
	);
	const { error } = await room.orchestrate(parameters);

	expect(error).toMatchObject({ message: 'The source moved. Plan again.', httpCode: '409' });
});

it.each([
	['apply', { planDigest: 'd1' }],
	['rollback', {}],
])('Promotion %s waits for the end unless told otherwise', async (operation, more) => {
	room.sidecar.answer((_call, before) => ({
		body: promotion({ phase: before === 0 ? 'applying' : 'succeeded' }),
	}));
	const { json } = await room.orchestrate({
		resource: 'promotion',
		operation,
		promotionId: 'p1',
		...more,
	});

	expect(json).toMatchObject([{ phase: 'succeeded' }]);
	expect(room.sidecar.calls).toHaveLength(2);
});
