import { isTerminalStatus, type Engine } from '../engines/engine';
import type { Clock } from '../kernel/clock';
import { isOrchestrationError } from '../kernel/errors';
import type { VersionStore } from '../workflow-versions/version-store';
import { captureOf } from './capture';
import { classify } from './classify';
import type { DeadLetter } from './dead-letter';
import type { DeadLetterStore } from './dead-letter-store';
import { judgeFailure } from './judge-failure';

interface CompletePorts {
	letters: DeadLetterStore;
	versions: VersionStore;
	clock: Clock;
}

const nothingKnown = {
	workflowName: null,
	error: null,
	trigger: null,
	failedInput: [],
	ran: null,
	versionId: null,
};

/**
 * Reads the executions that letters name but that nobody has read yet: an error workflow is told
 * neither the payload nor what ran, and the engine may forget both soon.
 */
export async function completeLetters(
	ports: CompletePorts,
	environment: string,
	engine: Engine,
	limit = 50,
): Promise<void> {
	for (const letter of await ports.letters.uncaptured(environment, limit)) {
		await readExecution(ports, engine, letter);
	}
}

/** Adds to a letter what the engine knows of its execution, once that is over. */
export async function readExecution(
	ports: CompletePorts,
	engine: Engine,
	letter: DeadLetter,
): Promise<void> {
	if (letter.executionId === null) return;
	const now = ports.clock.now();
	try {
		const execution = await engine.executions.get(letter.executionId);
		if (!isTerminalStatus(execution.status)) return;
		const capture = await captureOf(ports.versions, letter.environment, execution);
		const errorClass =
			letter.errorClass === 'unknown' && capture.error
				? classify(capture.error)
				: letter.errorClass;
		await ports.letters.fill(letter.id, capture, errorClass, now);
		if (letter.origin !== 'error-workflow') return;
		const judgement = await judgeFailure(engine, execution);
		if (judgement.verdict === 'covered') {
			const open = ['waiting', 'scheduled'] as const;
			await ports.letters.move(letter.id, [...open], 'discarded', judgement.reason, now);
		}
	} catch (error) {
		if (!isOrchestrationError(error, 'execution_not_found')) throw error;
		await ports.letters.fill(letter.id, nothingKnown, letter.errorClass, now);
	}
}
