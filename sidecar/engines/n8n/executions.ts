import { isOrchestrationError } from '../../kernel/errors';
import type {
	ExecutionDetail,
	ExecutionQuery,
	ExecutionRecord,
	ExecutionStatus,
	Executions,
	ResumeOutcome,
	ResumeRequest,
	RunOutcome,
	RunRequest,
} from '../engine';
import {
	getExecution,
	listExecutions,
	retryExecution,
	stopExecution,
	type ExecutionWire,
} from './execution-endpoints';
import { newestFirst } from './find-run';
import { readDetail, readOutcome, readRecord } from './read-execution';
import { resumeExecution } from './resume';
import type { Runner } from './runner';
import type { RunnerInstallation } from './runner-installation';
import { runnerName } from './runner-workflow';
import type { N8nTransport } from './transport';

export interface N8nExecutionsOptions {
	transport: N8nTransport;
	runner: Runner;
	installation: RunnerInstallation;
	/** Longest wait for the end of a retry, or for the answer to a resume, in milliseconds. */
	runTimeoutMs: number;
}

export class N8nExecutions implements Executions {
	private readonly own = new Set<string>();

	constructor(private readonly options: N8nExecutionsOptions) {}

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
			return readOutcome(await retryExecution(transport, id, runTimeoutMs));
		} catch (error) {
			const lost =
				isOrchestrationError(error, 'engine_timeout') ||
				(isOrchestrationError(error, 'engine_unreachable') && error.details['sent'] === true);
			if (lost) return { status: 'in-doubt' };
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

	/** Null when the execution is gone. */
	private async workflowOf(id: string): Promise<string | null> {
		try {
			return (await getExecution(this.options.transport, id, false)).workflowId;
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
