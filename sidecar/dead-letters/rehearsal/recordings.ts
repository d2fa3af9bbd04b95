import type { Engine } from '../../engines/port/engine';
import type { Recording } from '../../engines/port/rehearsals';
import { isOrchestrationError } from '../../kernel/errors';
import type { DeadLetter } from '../dead-letter';

/** Successful executions that are looked at for what a failed one did not come to. */
const successes = 5;

/** What the failed execution of a letter gave; null: it is gone, or none is known. */
export async function ownRecording(engine: Engine, letter: DeadLetter): Promise<Recording | null> {
	const id = letter.executionIds[0] ?? letter.executionId;
	return id === null ? null : await recordingIfThere(engine, id);
}

/** Of the latest successful executions of a workflow, the newest first. */
export async function successfulRecordings(
	engine: Engine,
	workflowId: string,
): Promise<Recording[]> {
	const found = await engine.executions.list({ workflowId, status: 'success', limit: successes });
	const recordings: Recording[] = [];
	for (const { id } of found) {
		const recording = await recordingIfThere(engine, id);
		if (recording) recordings.push(recording);
	}
	return recordings;
}

async function recordingIfThere(engine: Engine, id: string): Promise<Recording | null> {
	try {
		return (await engine.rehearsals?.recordingOf(id)) ?? null;
	} catch (error) {
		if (isOrchestrationError(error, 'execution_not_found')) return null;
		throw error;
	}
}
