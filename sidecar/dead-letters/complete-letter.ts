import type { Engine } from '../engines/port/engine';
import { isTerminalStatus, type ExecutionDetail } from '../engines/port/execution';
import type { Environment } from '../environments/environment';
import type { VersionStore } from '../workflow-versions/version-store';
import type { AcceptPorts } from './accept-letter';
import { captureOf } from './capture';
import { classify } from './classify';
import type { Capture, LetterError, LetterSummary } from './dead-letter';
import { findExecution, judgeFailure, type Judgement, type OwnRuns } from './judge-failure';
import { incidentOf } from './incident';
import { nextState } from './replay-policy';

export type CompletePorts = AcceptPorts &
	OwnRuns & {
		versions: VersionStore;
		/** @throws environment_not_found */
		environmentOf(name: string): Promise<Environment>;
	};

const nothingKnown: Capture = {
	workflowName: null,
	error: null,
	trigger: null,
	failedInput: [],
	ran: null,
	versionId: null,
};

/**
 * Adds to a letter what the engine knows of its execution, once that is over. An error workflow
 * reports failures that are not letters, too: those are discarded, with the reason.
 */
export async function readExecution(
	ports: CompletePorts,
	engine: Engine,
	letter: LetterSummary,
	read: (id: string) => Promise<ExecutionDetail | null> = async (id) =>
		await findExecution(engine, id),
): Promise<void> {
	if (letter.executionId === null) return;
	const environment = await ports.environmentOf(letter.environment);
	const execution = await read(letter.executionId);
	if (execution === null) {
		await completeLetter(ports, environment, letter, nothingKnown, true);
		return;
	}
	if (!isTerminalStatus(execution.status)) return;
	const judgement = await judgeReport(ports, engine, letter, execution);
	const capture = await captureOf(ports.versions, letter.environment, execution);
	// Kept at once, decided or not: the engine may forget the payload soon.
	const isDecided = judgement.verdict !== 'undecided';
	await completeLetter(ports, environment, letter, capture, isDecided);
	if (judgement.verdict === 'covered') {
		const { reason } = judgement;
		const now = ports.clock.now();
		await ports.letters.move(letter.id, ['waiting', 'scheduled'], 'discarded', reason, now);
	}
}

/** What others say counts as it is; only error workflows report more than work lost. */
async function judgeReport(
	ports: CompletePorts,
	engine: Engine,
	letter: LetterSummary,
	execution: ExecutionDetail,
): Promise<Judgement> {
	if (letter.origin !== 'error-workflow') return { verdict: 'lost' };
	const judgement = await judgeFailure(engine, execution, ports);
	if (judgement.verdict !== 'covered' || judgement.by === undefined) return judgement;
	// Not given up before the letter that stands for it is there.
	const filter = { environment: letter.environment, executionId: judgement.by };
	const [standsForIt] = await ports.letters.list(filter, { limit: 1, after: null });
	return standsForIt ? judgement : { verdict: 'undecided' };
}

/** Adds a capture; a class that is known only now decides whether the letter is replayed by itself. */
export async function completeLetter(
	ports: AcceptPorts,
	environment: Environment,
	letter: LetterSummary,
	capture: Capture,
	isFinal: boolean,
): Promise<void> {
	const now = ports.clock.now();
	const capturedAt = isFinal ? now : null;
	// An execution with an error output went on: what it ended with is another matter.
	if (letter.origin === 'error-output') {
		const kept = { ...capture, error: null, failedInput: [] };
		const { error, errorClass } = letter;
		const incident = incidentOf(letter);
		const completion = { capture: kept, error, errorClass, incident, capturedAt, scheduleAt: null };
		await ports.letters.complete(letter.id, completion, now);
		return;
	}
	const error = withDetails(letter.error, capture.error);
	const errorClass = letter.errorClass === 'unknown' ? classify(error) : letter.errorClass;
	const next = nextState(
		environment.deadLetters,
		{ ...letter, error, errorClass },
		letter.attempts,
		now,
		ports.random(),
	);
	const scheduleAt =
		errorClass !== letter.errorClass && next.state === 'scheduled' ? next.at : null;
	const incident = incidentOf({ workflowId: letter.workflowId, error, errorClass });
	const completion = { capture, error, errorClass, incident, capturedAt, scheduleAt };
	await ports.letters.complete(letter.id, completion, now);
}

function withDetails(reported: LetterError, read: LetterError | null): LetterError {
	return {
		...reported,
		node: reported.node ?? read?.node ?? null,
		description: reported.description ?? read?.description ?? null,
		httpStatus: reported.httpStatus ?? read?.httpStatus ?? null,
	};
}
