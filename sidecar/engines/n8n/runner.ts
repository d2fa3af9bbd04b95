import { z } from 'zod';
import type { Clock } from '../../kernel/clock';
import { isOrchestrationError, OrchestrationError } from '../../kernel/errors';
import type { WorkflowDefinitions } from '../port/definitions';
import type { Item } from '../port/execution';
import type { RunOutcome, RunRequest } from '../port/run';
import { beforeAnything } from '../port/surely-before';
import { getExecution } from './execution-endpoints';
import { findRun } from './find-run';
import { runnableWorkflow } from './runnable-workflow';
import type { RunnerInstallation } from './runner-installation';
import type { RunnerState } from './runner-memory';
import { readRunnerExecution } from './runner-outcome';
import { runnerExecutionHeader, runnerKeyHeader } from './runner-workflow';
import type { N8nTransport } from './transport';
import type { TransportResponse } from './transport-request';
import { callWebhook } from './webhook-endpoints';

/** How long we look for the child's id after the answer has come. */
const savedWithinMs = 5_000;
/** At first; doubles, since a busy n8n saves later the more it is asked. */
const pollMs = 50;
/** One for the runner as it is, one for a repaired one, one for a race with another sidecar. */
const maxAttempts = 3;

const item = z.looseObject({
	json: z.record(z.string(), z.unknown()),
	binary: z.record(z.string(), z.unknown()).optional(),
});
const answerWire = z.union([
	z.object({ ok: z.literal(true), items: z.array(item) }),
	z.object({ ok: z.literal(false), error: z.unknown() }),
]);
type RunnerAnswer = z.infer<typeof answerWire>;

export interface RunnerOptions {
	transport: N8nTransport;
	definitions: WorkflowDefinitions;
	installation: RunnerInstallation;
	clock: Clock;
	/** Longest wait for the end of a run, in milliseconds. */
	runTimeoutMs: number;
}

/** Runs any workflow JSON through the runner workflow of the instance. */
export class Runner {
	constructor(private readonly options: RunnerOptions) {}

	async run(request: RunRequest): Promise<RunOutcome> {
		const { definitions, installation, transport } = this.options;
		const { workflowId, apart, content, items } = request;
		if (content === null) {
			throw new TypeError(`workflow ${workflowId} is to be run in n8n without a definition`);
		}
		const {
			staticData = apart ? null : (await beforeAnything(definitions.get(workflowId))).staticData,
		} = request;
		const body = { workflow: runnableWorkflow({ ...request, content }, staticData), items };
		const since = this.options.clock.now();
		let runner = await beforeAnything(installation.ensure());
		for (let attempt = 1; ; attempt++) {
			const response = await this.call(runner, request.traceparent, body);
			if (response === null) return { status: 'in-doubt' };
			const answer = readAnswer(response);
			if (answer !== null) return await this.outcomeOf(answer, response);
			// Not the runner's answer: a gateway gave up, n8n refused, or the runner is broken.
			const { status } = response;
			if (status === 502 || status === 504) return { status: 'in-doubt' };
			const found = await findRun(transport, {
				workflowId: apart ? runner.workflowId : workflowId,
				traceparent: request.traceparent,
				runnerId: runner.workflowId,
				since,
			});
			if (found !== null) return found;
			if (attempt === maxAttempts || status === 413 || status === 429) {
				throw this.refused(runner, response);
			}
			// Nothing has started, so it is safe to go again.
			runner = await (status === 404 ? installation.settle(runner) : installation.renew(runner));
		}
	}

	async findRun(request: {
		workflowId: string;
		traceparent: string;
		since: Date;
	}): Promise<RunOutcome | null> {
		const runner = await this.options.installation.known();
		if (runner === null) return null;
		try {
			return await findRun(this.options.transport, { ...request, runnerId: runner.workflowId });
		} catch (error) {
			// The runner was deleted, and its executions with it.
			if (isOrchestrationError(error, 'engine_rejected')) return null;
			throw error;
		}
	}

	/** Null when no answer came. @throws engine_unreachable when nothing was sent */
	private async call(
		runner: RunnerState,
		traceparent: string,
		body: unknown,
	): Promise<TransportResponse | null> {
		try {
			return await callWebhook(this.options.transport, {
				path: runner.path,
				body,
				headers: { [runnerKeyHeader]: runner.secret, traceparent },
				timeoutMs: this.options.runTimeoutMs,
			});
		} catch (error) {
			if (isOrchestrationError(error, 'engine_timeout')) return null;
			if (isOrchestrationError(error, 'engine_unreachable') && error.details['sent'] === true) {
				return null;
			}
			throw error;
		}
	}

	private async outcomeOf(answer: RunnerAnswer, response: TransportResponse): Promise<RunOutcome> {
		const runnerExecutionId = response.headers[runnerExecutionHeader];
		const executionId =
			typeof runnerExecutionId === 'string' ? await this.idOfChild(runnerExecutionId) : null;
		if (answer.ok) {
			return { status: 'success', executionId, items: answer.items as Item[] };
		}
		const message = typeof answer.error === 'string' ? answer.error : JSON.stringify(answer.error);
		return { status: 'error', executionId, message };
	}

	/** The answer is known by now: when only the id cannot be had, it must not be lost with it. */
	private async idOfChild(runnerExecutionId: string): Promise<string | null> {
		try {
			return await this.childOf(runnerExecutionId);
		} catch (error) {
			if (!isOrchestrationError(error)) throw error;
			return null;
		}
	}

	/** n8n saves the runner's execution shortly after it has answered. */
	private async childOf(runnerExecutionId: string): Promise<string | null> {
		const { clock, transport } = this.options;
		const deadline = clock.now().getTime() + savedWithinMs;
		for (let pauseMs = pollMs; ; pauseMs *= 2) {
			await clock.sleep(pauseMs);
			const { childId, outcome } = readRunnerExecution(
				await getExecution(transport, runnerExecutionId, true),
			);
			if (childId !== null || outcome?.status !== 'in-doubt') return childId;
			if (clock.now().getTime() > deadline) return null;
		}
	}

	private refused(runner: RunnerState, response: TransportResponse): OrchestrationError {
		const request = {
			method: 'POST' as const,
			path: '/webhook/(runner)',
			meaning: { subject: `the run through workflow "${runner.workflowId}"` },
		};
		if (response.status >= 400) return this.options.transport.errorOf(request, response);
		return new OrchestrationError(
			'engine_bad_response',
			`expected an answer of the runner workflow "${runner.workflowId}", got HTTP ` +
				`${response.status}; look at its executions in the editor`,
			{
				details: {
					environment: this.options.transport.environment,
					workflowId: runner.workflowId,
					status: response.status,
				},
			},
		);
	}
}

function readAnswer(response: TransportResponse): RunnerAnswer | null {
	// Only the runner sets this header.
	if (response.headers[runnerExecutionHeader] === undefined) return null;
	let body: unknown;
	try {
		body = JSON.parse(response.text);
	} catch {
		return null;
	}
	const read = answerWire.safeParse(body);
	return read.success ? read.data : null;
}
