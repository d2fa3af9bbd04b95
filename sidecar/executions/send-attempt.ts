import type { Engine } from '../engines/port/engine';
import type { RunOutcome, RunTrouble } from '../engines/port/run';
import { surelyBefore } from '../engines/port/surely-before';
import type { Attempt, Execution, Input } from './execution';
import { notStarted, type NotStarted } from './not-started';
import type { RunPlan } from './run-plans';

/** What is known after an attempt was sent. */
export type Sent =
	| { is: 'done'; result: unknown; engineExecutionId: string | null }
	| {
			is: 'failed';
			message: string;
			httpStatus: number | null;
			crashed?: boolean;
			engineExecutionId: string | null;
	  }
	/** It goes on without a call of ours. */
	| {
			is: 'under-way';
			result?: unknown;
			engineExecutionId?: string;
			trouble?: RunTrouble | null;
	  }
	| NotStarted
	| { is: 'in-doubt' };

/** Sends an attempt the way it was planned. Never throws for what the engine does. */
export async function sendAttempt(
	engine: Engine,
	plan: RunPlan,
	execution: Execution,
	attempt: Attempt,
	input: Input,
): Promise<Sent> {
	try {
		return plan.route === 'webhook' && plan.entry.webhook && 'payload' in input
			? await call(engine, plan.entry.webhook, input.payload, attempt)
			: await run(engine, plan, execution, attempt, input);
	} catch (error) {
		return notStarted(error);
	}
}

async function call(
	engine: Engine,
	webhook: NonNullable<RunPlan['entry']['webhook']>,
	payload: unknown,
	{ traceparent }: Attempt,
): Promise<Sent> {
	const answer = await engine.executions.call({ webhook, payload: payload ?? {}, traceparent });
	switch (answer.status) {
		case 'ended':
			return webhook.answerIsEnd
				? { is: 'done', result: answer.body, engineExecutionId: null }
				: { is: 'under-way' };
		case 'started':
			return webhook.answers === 'on-the-way'
				? { is: 'under-way', result: answer.body }
				: { is: 'under-way' };
		case 'failed':
			return { is: 'failed', ...pick(answer), engineExecutionId: null };
		case 'refused':
			return { is: 'not-started', ...pick(answer), why: answer.lasting ? 'lasting' : 'refused' };
		case 'unclear':
			return { is: 'in-doubt' };
		default:
			return { is: 'in-doubt' };
	}
}

function pick({ message, httpStatus }: { message: string; httpStatus: number }) {
	return { message, httpStatus };
}

async function run(
	engine: Engine,
	{ content, entry }: RunPlan,
	execution: Execution,
	attempt: Attempt,
	input: Input,
): Promise<Sent> {
	const items = 'items' in input ? input.items : entry.itemsOf(input.payload);
	const search = searchOf(execution, attempt);
	const request = { ...search, content, triggerNode: entry.triggerNode, items };
	try {
		return sentOf(await engine.executions.run(request));
	} catch (error) {
		if (surelyBefore(error)) throw error;
		// It may have run all the same.
		try {
			const found = await engine.executions.findRun(search);
			if (found) return sentOf(found);
		} catch {
			return { is: 'in-doubt' };
		}
		throw error;
	}
}

/** How the run of an attempt is found again. */
export function searchOf(
	{ id, workflowId }: Pick<Execution, 'id' | 'workflowId'>,
	{ traceparent, number, sentAt: since }: Attempt,
) {
	return { workflowId, traceparent, runKey: `${id}-${number}`, since };
}

/** What is kept of a success. */
export function resultOf(outcome: Extract<RunOutcome, { status: 'success' }>): unknown {
	return 'value' in outcome ? outcome.value : { items: outcome.items };
}

export function sentOf(outcome: RunOutcome): Sent {
	switch (outcome.status) {
		case 'success':
			return {
				is: 'done',
				result: resultOf(outcome),
				engineExecutionId: outcome.executionId,
			};
		case 'error':
			return {
				is: 'failed',
				message: outcome.message,
				httpStatus: null,
				crashed: outcome.crashed ?? false,
				engineExecutionId: outcome.executionId,
			};
		case 'running':
			return {
				is: 'under-way',
				engineExecutionId: outcome.executionId,
				trouble: outcome.trouble,
			};
		case 'in-doubt':
			return { is: 'in-doubt' };
		default:
			return { is: 'in-doubt' };
	}
}
