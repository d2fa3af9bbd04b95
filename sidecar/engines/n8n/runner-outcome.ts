import type { RunOutcome } from '../port/run';
import type { ExecutionDetailWire } from './execution-endpoints';
import { readItems, subExecutionsOf } from './read-execution';
import { runnerNodes } from './runner-workflow';

/** What one execution of the runner tells about the run it was asked for. */
export interface RunnerReport {
	/** Execution id of the workflow that was run. */
	childId: string | null;
	/** Null when the runner ended before it could know, as after a crash. */
	outcome: RunOutcome | null;
}

/** Pure: reads a saved execution of the runner. */
export function readRunnerExecution(wire: ExecutionDetailWire): RunnerReport {
	const run = wire.data?.resultData?.runData?.[runnerNodes.run]?.at(-1);
	const childId = run ? (subExecutionsOf(run)[0]?.executionId ?? null) : null;
	if (wire.status === 'new' || wire.status === 'running' || wire.status === 'waiting') {
		return { childId, outcome: { status: 'in-doubt' } };
	}
	const failed = run?.data?.['main']?.[1]?.[0];
	if (failed) {
		const error = failed.json['error'];
		const message = typeof error === 'string' ? error : JSON.stringify(error ?? failed.json);
		return { childId, outcome: { status: 'error', executionId: childId, message } };
	}
	if (run?.executionStatus === 'success') {
		const items = readItems(run.data?.['main']?.[0]);
		return { childId, outcome: { status: 'success', executionId: childId, items } };
	}
	const message = wire.data?.resultData?.error?.['message'];
	if (wire.status === 'error' && typeof message === 'string') {
		return { childId, outcome: { status: 'error', executionId: childId, message } };
	}
	return { childId, outcome: null };
}
