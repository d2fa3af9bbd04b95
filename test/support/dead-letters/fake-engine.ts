import type { Engine } from '../../../sidecar/engines/port/engine';
import type { ExecutionDetail, ExecutionQuery } from '../../../sidecar/engines/port/execution';
import type { Executions } from '../../../sidecar/engines/port/executions';
import type { ResumeOutcome, RunOutcome } from '../../../sidecar/engines/port/run';
import { OrchestrationError, type ErrorCode } from '../../../sidecar/kernel/errors';
import { noon } from './letters';

/** An execution that ended with an error; what is given replaces a part. */
export function execution(id: string, given: Partial<ExecutionDetail> = {}): ExecutionDetail {
	const workflowId = given.workflowId ?? 'orders';
	return {
		id,
		workflowId,
		status: 'error',
		mode: 'webhook',
		retryOf: null,
		retrySuccessId: null,
		startedAt: noon.toISOString(),
		stoppedAt: noon.toISOString(),
		workflowName: 'Orders',
		trigger: { node: 'Webhook', items: [{ json: { order: id } }] },
		failure: {
			node: 'Work',
			name: 'Error',
			message: `boom ${id}`,
			description: null,
			httpStatus: null,
			input: [{ json: { order: id } }],
		},
		parent: null,
		detachedCalls: [],
		traceparent: null,
		ran: { name: 'Orders', nodes: [], connections: {}, settings: {} },
		...given,
	};
}

/** An engine whose executions are a list; what it is asked is written down. */
export interface FakeEngine extends Engine {
	has(...executions: ExecutionDetail[]): void;
	/** Workflow ids of the sidecar's own machinery. */
	own: Set<string>;
	asked: string[];
	/** What the next retry and run give; a string stands for an error of that code. */
	answers: {
		retry: () => Promise<RunOutcome>;
		run: () => Promise<RunOutcome>;
		resume: () => Promise<ResumeOutcome>;
	};
	runs: Map<string, RunOutcome>;
	/** Called before each request; throws to play an engine that is away. */
	before: (what: string) => void;
}

export function refusal(
	code: ErrorCode,
	details: Record<string, unknown> = {},
): OrchestrationError {
	return new OrchestrationError(code, `refused with ${code}`, { details });
}

export function fakeEngine(): FakeEngine {
	const known = new Map<string, ExecutionDetail>();
	const note = (what: string) => {
		engine.before(what);
		engine.asked.push(what);
	};
	const executions: Executions = {
		entryOf: () => null,
		call: async () => ({ status: 'unclear' }),
		findCall: async ({ traceparent }) =>
			[...known.values()].find((one) => one.traceparent === traceparent) ?? null,
		glance: async (id) => await executions.get(id),
		outcomeOf: async (id) => ({ status: 'success', executionId: id, items: [] }),
		list: async (query) => {
			note(`list ${query.status ?? 'all'}`);
			return select([...known.values()], query);
		},
		get: async (id) => {
			note(`get ${id}`);
			const found = known.get(id);
			if (found) return found;
			throw refusal('execution_not_found');
		},
		retry: async (id) => {
			note(`retry ${id}`);
			return await engine.answers.retry();
		},
		retriesOf: async (id, since) => {
			note(`retriesOf ${id}`);
			const startedAfter = since.toISOString();
			return select([...known.values()], { startedAfter }).filter(({ retryOf }) => retryOf === id);
		},
		stop: async (id) => note(`stop ${id}`),
		statusOf: async (id) => {
			note(`statusOf ${id}`);
			return known.get(id)?.status ?? null;
		},
		resume: async ({ executionId }) => {
			note(`resume ${executionId}`);
			return await engine.answers.resume();
		},
		run: async ({ traceparent }) => {
			note('run');
			const outcome = await engine.answers.run();
			engine.runs.set(traceparent, outcome);
			return outcome;
		},
		findRun: async ({ traceparent }) => {
			note('findRun');
			return engine.runs.get(traceparent) ?? null;
		},
		stopRun: async () => {
			note('stopRun');
			return false;
		},
		isOwn: (workflowId) => engine.own.has(workflowId),
	};
	const engine: FakeEngine = {
		check: async () => ({ reachable: true, ok: true, version: null, findings: [] }),
		executions,
		has: (...more) => more.forEach((one) => known.set(one.id, one)),
		own: new Set(['runner']),
		asked: [],
		answers: {
			retry: async () => ({ status: 'success', executionId: '900', items: [] }),
			run: async () => ({ status: 'success', executionId: '901', items: [] }),
			resume: async () => ({ status: 'resumed' }),
		},
		runs: new Map(),
		before: () => undefined,
	};
	return engine;
}

function select(all: ExecutionDetail[], query: ExecutionQuery): ExecutionDetail[] {
	const { status, workflowId, startedAfter, aboveId, limit } = query;
	return all
		.filter((one) => status === undefined || one.status === status)
		.filter((one) => workflowId === undefined || one.workflowId === workflowId)
		.filter((one) => !startedAfter || (one.startedAt !== null && one.startedAt >= startedAfter))
		.filter((one) => aboveId === undefined || BigInt(one.id) > BigInt(aboveId))
		.sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? 1 : -1))
		.slice(0, limit);
}
