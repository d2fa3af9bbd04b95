import type { Environment } from '../environments/environment';
import type { Item } from '../engines/port/execution';
import type { WorkflowContent } from '../engines/port/workflow';
import type { Clock } from '../kernel/clock';
import type { NewId } from '../kernel/ids';
import { classify } from './classify';
import {
	defaultSeverity,
	type DeadLetter,
	type ErrorClass,
	type LetterError,
	type LetterOrigin,
	type LetterSummary,
	type NewDeadLetter,
	type Severity,
} from './dead-letter';
import type { DeadLetterStore } from './dead-letter-store';
import { incidentOf } from './incident';
import { nextState } from './replay-policy';

export interface AcceptPorts {
	letters: DeadLetterStore;
	clock: Clock;
	newId: NewId;
	/** A number in [0, 1). */
	random: () => number;
}

export interface LetterRequest {
	origin: LetterOrigin;
	workflowId: string;
	workflowName?: string | null;
	executionId?: string | null;
	/** Where a person can look at it. Default: made from the environment. */
	executionUrl?: string | null;
	/** The execution this one repeated; both are one failure. */
	retryOf?: string | null;
	/** What makes two reports the same failure, where no execution does. */
	dedupKey?: string;
	/** Of an error output: which item of which run of which node. */
	position?: { node: string; run: number; item: number } | null;
	trigger?: { node: string; items: Item[] } | null;
	failedInput?: Item[];
	/** The definition that failed. Given: nothing is left to read from the engine. */
	ran?: WorkflowContent | null;
	versionId?: string | null;
	error: LetterError;
	errorClass?: ErrorClass | null;
	/** Default `error`. */
	severity?: Severity | null;
	/** The reporter's own words for the same work; while its letter is open, this is that letter. */
	fingerprint?: string | null;
	/** Overrides the environment's. */
	ttlSeconds?: number | null;
	note?: string | null;
}

/**
 * Keeps a failure as a dead letter. It is in the database when this resolves. Reported twice, it is one letter.
 */
export async function acceptLetter(
	ports: AcceptPorts,
	environment: Environment,
	request: LetterRequest,
): Promise<{ letter: DeadLetter; created: boolean }> {
	return await ports.letters.accept(newLetter(ports, environment, request));
}

/** The same for many at once: all are kept, or none. Answers in order. */
export async function acceptLetters(
	ports: AcceptPorts,
	environment: Environment,
	requests: LetterRequest[],
): Promise<Array<{ letter: LetterSummary; created: boolean }>> {
	return await ports.letters.acceptAll(
		requests.map((request) => newLetter(ports, environment, request)),
	);
}

function newLetter(
	ports: AcceptPorts,
	environment: Environment,
	request: LetterRequest,
): NewDeadLetter {
	const now = ports.clock.now();
	const id = ports.newId();
	const executionId = request.executionId ?? null;
	const errorClass = request.errorClass ?? classify(request.error);
	const next = nextState(
		environment.deadLetters,
		{ executionId, origin: request.origin, error: request.error, errorClass },
		0,
		now,
		ports.random(),
	);
	const ttlSeconds = request.ttlSeconds ?? environment.deadLetters.ttlSeconds;
	return {
		id,
		environment: environment.name,
		...identityOf(environment, request, id),
		state: next.state,
		origin: request.origin,
		workflowId: request.workflowId,
		workflowName: request.workflowName ?? null,
		executionId,
		executionUrl: request.executionUrl ?? linkTo(environment, request.workflowId, executionId),
		error: request.error,
		errorClass,
		severity: request.severity ?? defaultSeverity,
		fingerprint: request.fingerprint ?? null,
		incident: incidentOf({ workflowId: request.workflowId, error: request.error, errorClass }),
		trigger: request.trigger ?? null,
		failedInput: request.failedInput ?? [],
		ran: request.ran ?? null,
		versionId: request.versionId ?? null,
		capturedAt: executionId === null || request.ran !== undefined ? now : null,
		nextReplayAt: next.state === 'scheduled' ? next.at : null,
		note: request.note ?? null,
		createdAt: now,
		expiresAt: new Date(now.getTime() + ttlSeconds * 1000),
	};
}

/** As n8n's own links to executions are; the address may be one for machines only. */
function linkTo(
	{ engine, baseUrl }: Environment,
	workflowId: string,
	executionId: string | null,
): string | null {
	if (engine !== 'n8n' || executionId === null) return null;
	const [workflow, execution] = [workflowId, executionId].map(encodeURIComponent);
	return `${baseUrl}/workflow/${workflow}/executions/${execution}`;
}

/**
 * What makes two reports the same failure: what the reporter says, the item of the execution, the
 * execution and those it repeats, or nothing. Items of one execution are never taken for each other.
 */
function identityOf(
	{ engine }: Environment,
	{ origin, executionId, retryOf, position, fingerprint, dedupKey }: LetterRequest,
	id: string,
): Pick<DeadLetter, 'dedupKey' | 'executionIds'> {
	if (dedupKey !== undefined) {
		// A reset in Temporal goes on where it failed; a retry in n8n would go past the ledger.
		const goesOn = origin === 'execution' && engine === 'temporal' && executionId;
		return { dedupKey, executionIds: goesOn ? [executionId] : [] };
	}
	const chosen = fingerprint ? `fingerprint:${fingerprint}` : undefined;
	if (!executionId || origin === 'error-output') {
		const { node, run, item } = position ?? {};
		const place =
			executionId && position ? `item:${executionId}:${run}:${item}:${node}` : undefined;
		return { dedupKey: chosen ?? place ?? `letter:${id}`, executionIds: [] };
	}
	return {
		dedupKey: chosen ?? `execution:${retryOf ?? executionId}`,
		executionIds: [...(retryOf ? [retryOf] : []), executionId],
	};
}
