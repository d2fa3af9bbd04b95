import { orchestrationIn } from '../../../sidecar/engines/temporal/orchestration/assert-orchestration';
import { readRequest } from '../../../sidecar/engines/temporal/orchestration/request';
import { OrchestrationError } from '../../../sidecar/kernel/errors';

const temporal = { engine: 'temporal' } as const;
const given = { environment: 'production', workflow: 'order-intake' };
const asked = (workflow: string, payload: unknown) => ({
	workflow,
	input: { payload },
	origin: 'api' as const,
});
const refusal = (work: () => unknown): OrchestrationError => {
	try {
		work();
	} catch (error) {
		if (error instanceof OrchestrationError) return error;
		throw error;
	}
	throw new Error('it was not refused');
};

it('reads a run with its defaults', () => {
	expect(readRequest('orchestration.run', { ...given, payload: { order: 7 } })).toEqual({
		environment: 'production',
		workflow: 'order-intake',
		version: null,
		children: [{ payload: { order: 7 } }],
		atOnce: 1,
		policy: { mode: 'all' },
		retry: {
			attempts: 3,
			baseDelayMs: 1_000,
			maxDelayMs: 60_000,
			factor: 2,
			jitter: 0.5,
			retryOn: ['transient', 'quota'],
			concurrency: null,
			circuit: null,
			rateLimit: null,
		},
		tenant: null,
		priority: 0,
		childDeadlineMs: null,
		deadlineMs: null,
		letters: false,
		eventsPerRun: 4_000,
	});
});

it('reads a fan-out, whose children are dead letters when they fail for good', () => {
	const request = readRequest('orchestration.fanOut', { ...given, children: [{}, { payload: 1 }] });
	expect(request).toMatchObject({
		children: [{ payload: {} }, { payload: 1 }],
		atOnce: 10,
		policy: { mode: 'all' },
		letters: true,
	});
});

it('names every fault with its place', () => {
	const error = refusal(() =>
		readRequest('orchestration.fanOut', {
			...given,
			children: [{ items: [] }],
			retry: { attempts: 0 },
			atOnec: 3,
		}),
	);
	expect(error.code).toBe('invalid_request');
	expect(error.details['problems']).toEqual([
		{ path: 'retry.attempts', message: expect.stringContaining('>=1') as string },
		{ path: 'children.0.items', message: expect.stringContaining('>=1') as string },
		{ path: '', message: expect.stringContaining('atOnec') as string },
	]);
});

it('knows by the name whether a workflow of Temporal is one of ours', () => {
	const request = asked('orchestration.run', given);
	expect(orchestrationIn(temporal, request)?.environment).toBe('production');
	expect(orchestrationIn(temporal, asked('orderIntake', given))).toBeNull();
	expect(orchestrationIn({ engine: 'n8n' }, request)).toBeNull();
	expect(orchestrationIn(temporal, asked('orchestration.run@elsewhere', given))).not.toBeNull();
});

it('refuses a name of ours that there is not', () => {
	expect(
		refusal(() => orchestrationIn(temporal, asked('orchestration.map', given))).message,
	).toContain('orchestration.run, orchestration.fanOut');
});

it('lets no event from outside choose what is run, and where', () => {
	const error = refusal(() =>
		orchestrationIn(temporal, { ...asked('orchestration.run', given), origin: 'webhook' }),
	);
	expect(error.message).toContain('comes from outside');
});
