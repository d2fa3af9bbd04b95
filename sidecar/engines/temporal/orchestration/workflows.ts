/**
 * The workflows that come with the sidecar. Workflow code: it is run again from its history, so it
 * imports activities as types only, and nothing of Node. Replays of recorded histories are tested.
 */
import { ApplicationFailure } from '@temporalio/workflow';
import type { Item } from '../../port/execution';
import type { Conducted } from './conduct';
import { orchestrate, type OrchestrationResult } from './orchestrate';

async function fanOut(given: unknown, before?: Conducted): Promise<OrchestrationResult> {
	return await orchestrate('orchestration.fanOut', given, before);
}

interface RunResult {
	executionId: string | null;
	attempts: number;
	/** Absent when they are too much for one answer: then see its execution. */
	items?: Item[];
}

async function run(given: unknown, before?: Conducted): Promise<RunResult> {
	const { children } = await orchestrate('orchestration.run', given, before);
	const [child] = children;
	if (!child) throw ApplicationFailure.nonRetryable('an orchestration of one had no child');
	const { executionId, attempts, items } = child;
	return { executionId, attempts, ...(items ? { items } : {}) };
}

export { fanOut as 'orchestration.fanOut', run as 'orchestration.run' };
