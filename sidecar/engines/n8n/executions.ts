import { isOrchestrationError } from '../../kernel/errors';
import type {
	ExecutionDetail,
	ExecutionGlance,
	ExecutionQuery,
	ExecutionRecord,
	ExecutionStatus,
} from '../port/execution';
import type { Executions } from '../port/executions';
import type {
	CallOutcome,
	CallRequest,
	ResumeOutcome,
	ResumeRequest,
	RunOutcome,
	RunRequest,
} from '../port/run';
import type { WorkflowContent } from '../port/workflow';
import { readCallAnswer } from './call-answer';
import { entryOf } from './entry-point';
import {
	getExecution,
	listExecutions,
	retryExecution,
	stopExecution,
	type ExecutionDetailWire,
	type ExecutionWire,
} from './execution-endpoints';
import { newestFirst, runningParts } from './find-run';
import { readDetail, readOutcome, readRecord } from './read-execution';
import { resumeExecution } from './resume';
import type { Runner } from './runner';
import type { RunnerInstallation } from './runner-installation';
import { runnerName } from './runner-workflow';
import { TraceSearch } from './trace-search';
import type { N8nTransport } from './transport';
import { callWebhook } from './webhook-endpoints';

export interface N8nExecutionsOptions {
	transport: N8nTransport;
	runner: Runner;
	installation: RunnerInstallation;
	/** Longest wait for the end of a retry, or for the answer to a resume, in milliseconds. */
	runTimeoutMs: number;
}

export class N8nExecutions implements Executions {
	private readonly own = new Set<string>();

	private readonly traces: TraceSearch;

	constructor(private readonly options: N8nExecutionsOptions) {
		this.traces = new TraceSearch(options.transport);
	}

	entryOf(content: WorkflowContent) {
		return entryOf(content);
	}

	async call({ webhook, payload, traceparent }: CallRequest): Promise<CallOutcome> {
		const { transport, runTimeoutMs } = this.options;
		try {
			const response = await callWebhook(transport, {
				method: webhook.method,
				path: webhook.path,
				body: payload,
				headers: { traceparent },
				timeoutMs: runTimeoutMs,
				mayFail: true,
			});
			return readCallAnswer(response, webhook.answers);
		} catch (error) {
			if (wasLost(error)) return { status: 'unclear' };
			throw error;
		}
	}

	async findCall(search: {
		workflowId: string;
		traceparent: string;
		since: Date;
	}): Promise<ExecutionGlance | null> {
		return await this.traces.find(search);
	}

	async glance(id: string): Promise<ExecutionGlance> {
		return await this.traces.glance(id);
	}

	async outcomeOf(id: string): Promise<RunOutcome> {
		return readOutcome(await getExecution(this.options.transport, id, true));
	}

	async list(query: ExecutionQuery): Promise<ExecutionRecord[]> {
		await this.learnOwn();
		const { status, aboveId, limit, workflowId, startedAfter } = query;
		const filter = {
			...(workflowId === undefined ? {} : { workflowId }),
			...(startedAfter === undefined ? {} : { startedAfter }),
		};
		const paging = {
			...(limit === undefined ? {} : { limit }),
			...(aboveId === undefined
				? {}
				: { until: ({ id }: ExecutionWire) => newestFirst(id, aboveId) >= 0 }),
		};
		const { transport } = this.options;
		if (status !== undefined) {
			return (await listExecutions(transport, { ...filter, status }, paging)).map(readRecord);
		}
		// Asked without a status n8n leaves out the running ones. They are read first: one that ends
		// in between is then seen as ended.
		const found = new Map<string, ExecutionWire>();
		for (const part of [{ ...filter, status: 'running' as const }, filter]) {
			for (const one of await listExecutions(transport, part, paging)) found.set(one.id, one);
		}
		return [...found.values()]
			.sort((a, b) => newestFirst(a.id, b.id))
			.slice(0, limit)
			.map(readRecord);
	}

	async get(id: string): Promise<ExecutionDetail> {
		const detail = readDetail(await getExecution(this.options.transport, id, true));
		if (detail.workflowName === runnerName) this.own.add(detail.workflowId);
		return detail;
	}

	async retry(id: string): Promise<RunOutcome> {
		const { transport, runTimeoutMs } = this.options;
		try {
			return await this.endOf(await retryExecution(transport, id, runTimeoutMs));
		} catch (error) {
			if (wasLost(error)) return { status: 'in-doubt' };
			throw error;
		}
	}

	/** In queue mode a retry is answered without what came out, and a crash as a failure. */
	private async endOf(answer: ExecutionDetailWire): Promise<RunOutcome> {
		const isTold = Object.keys(answer.data?.resultData?.runData ?? {}).length > 0;
		if (isTold) return readOutcome(answer);
		try {
			return readOutcome((await this.ifKept(answer.id)) ?? answer);
		} catch (error) {
			// It has run: an error would say that it has not.
			if (isOrchestrationError(error)) return { status: 'in-doubt' };
			throw error;
		}
	}

	async retriesOf(id: string, since: Date): Promise<ExecutionRecord[]> {
		const workflowId = await this.workflowOf(id);
		// n8n's filter takes in the moment itself.
		const startedAfter = since.toISOString();
		const started = await this.list({
			startedAfter,
			...(workflowId === null ? {} : { workflowId }),
		});
		return started.filter(({ retryOf }) => retryOf === id);
	}

	async stop(id: string): Promise<void> {
		await stopExecution(this.options.transport, id);
	}

	async statusOf(id: string): Promise<ExecutionStatus | null> {
		try {
			return (await getExecution(this.options.transport, id, false)).status;
		} catch (error) {
			if (isOrchestrationError(error, 'execution_not_found')) return null;
			throw error;
		}
	}

	async resume(request: ResumeRequest): Promise<ResumeOutcome> {
		const { transport, runTimeoutMs } = this.options;
		return await resumeExecution(transport, request, runTimeoutMs);
	}

	async run(request: RunRequest): Promise<RunOutcome> {
		const outcome = await this.options.runner.run(request);
		await this.learnOwn();
		return outcome;
	}

	async stopRun(search: {
		workflowId: string;
		traceparent: string;
		since: Date;
	}): Promise<boolean> {
		const { transport, installation } = this.options;
		const called = await this.traces.find(search);
		const ids = called ? [called.id] : [];
		const runner = await installation.known();
		if (!called && runner) {
			ids.push(...(await runningParts(transport, { ...search, runnerId: runner.workflowId })));
		}
		for (const id of ids) {
			try {
				await stopExecution(transport, id);
			} catch (error) {
				// It has just ended, or never came so far.
				if (!isOrchestrationError(error, 'engine_conflict', 'execution_not_found')) throw error;
			}
		}
		return ids.length > 0;
	}

	async findRun(request: {
		workflowId: string;
		traceparent: string;
		since: Date;
	}): Promise<RunOutcome | null> {
		return await this.options.runner.findRun(request);
	}

	isOwn(workflowId: string): boolean {
		return this.own.has(workflowId);
	}

	private async workflowOf(id: string): Promise<string | null> {
		return (await this.ifKept(id, false))?.workflowId ?? null;
	}

	/** Null when the execution is gone. */
	private async ifKept(id: string, includeData = true): Promise<ExecutionDetailWire | null> {
		try {
			return await getExecution(this.options.transport, id, includeData);
		} catch (error) {
			if (isOrchestrationError(error, 'execution_not_found')) return null;
			throw error;
		}
	}

	private async learnOwn(): Promise<void> {
		const runner = await this.options.installation.known();
		if (runner !== null) this.own.add(runner.workflowId);
	}
}

/** It may have arrived, and its answer did not come. */
function wasLost(error: unknown): boolean {
	return (
		isOrchestrationError(error, 'engine_timeout') ||
		(isOrchestrationError(error, 'engine_unreachable') && error.details['sent'] === true)
	);
}
