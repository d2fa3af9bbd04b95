import { OrchestrationError } from '../kernel/errors';
import { readExecution } from './complete-letter';
import {
	isClosed,
	type DeadLetter,
	type LetterSummary,
	type Replay,
	type ReplayStrategy,
} from './dead-letter';
import { findLetter, findVersionFor, replayNotPossible } from './find-letter';
import { performReplay } from './perform-replay';
import type { ReplayOutcome } from './replay-outcome';
import { newLease, type ReplayPorts } from './replay-ports';

export interface ReplayOrder {
	letterId: string;
	strategy: ReplayStrategy;
	/** `live`, `failed` or a version id. */
	version: string;
	requestedBy: string;
	/** The bulk replay it belongs to. */
	bulkId?: string;
}

/**
 * Begins one replay of a letter, never two at once. The replay is in the database when this resolves;
 * `outcome` resolves when it has ended or is in doubt, and rejects when that could not be written.
 * @throws dead_letter_not_found, dead_letter_closed, dead_letter_busy, replay_not_possible, version_not_found
 */
export async function replayLetter(
	ports: ReplayPorts,
	order: ReplayOrder,
): Promise<{ replay: Replay; outcome: Promise<ReplayOutcome | null> }> {
	const found = await findLetter(ports, order.letterId);
	assertOpen(found);
	const letter = await withExecution(ports, found);
	assertOpen(letter);
	await assertPossible(ports, letter, order);

	const lease = newLease(ports);
	const replay = await ports.letters.beginReplay(
		letter.id,
		{
			strategy: order.strategy,
			version: order.strategy === 'retry' ? null : order.version,
			traceparent: ports.newTraceparent(),
			requestedBy: order.requestedBy,
			startedAt: ports.clock.now(),
			...(order.bulkId === undefined ? {} : { bulkId: order.bulkId }),
		},
		lease,
	);
	if (replay) return { replay, outcome: performReplay(ports, replay, lease) };
	// Somebody was quicker.
	const now = await findLetter(ports, letter.id);
	assertOpen(now);
	throw busy(now.id);
}

function assertOpen({ id, state }: LetterSummary): void {
	if (state === 'replaying') throw busy(id);
	if (!isClosed(state)) return;
	throw new OrchestrationError(
		'dead_letter_closed',
		`Dead letter ${id} is ${state}; only an open one can be replayed.`,
		{ details: { id, state } },
	);
}

/** A letter from an error workflow carries no payload until its execution was read. */
async function withExecution(ports: ReplayPorts, letter: DeadLetter): Promise<DeadLetter> {
	if (letter.capturedAt !== null) return letter;
	await readExecution(ports, await ports.engineOf(letter.environment), letter);
	return await findLetter(ports, letter.id);
}

async function assertPossible(
	ports: ReplayPorts,
	letter: DeadLetter,
	order: ReplayOrder,
): Promise<void> {
	if (order.strategy === 'retry') {
		if (letter.executionIds.length === 0) {
			throw replayNotPossible(
				letter,
				`A retry repeats a failed execution in n8n, and this letter is not one: ${whyNone(letter)}. Use the strategy redeliver.`,
			);
		}
		return;
	}
	if (letter.trigger === null) {
		throw replayNotPossible(
			letter,
			'Nothing is known of what started the failed execution, so nothing can be redelivered. Use the strategy retry if the execution is still in n8n.',
		);
	}
	if (order.version === 'live') return;
	if (order.version === 'failed') {
		if (letter.ran) return;
		throw replayNotPossible(
			letter,
			'The definition that failed is not known. Choose `live` or the id of a version.',
		);
	}
	const version = await findVersionFor(ports, letter, order.version);
	await ports.contentIn(version, letter.environment);
}

function whyNone({ origin, executionId }: LetterSummary): string {
	if (origin === 'execution') return 'it is work of the ledger, which begins at the trigger';
	return executionId === null ? 'it names no execution' : 'its execution went on after the error';
}

function busy(id: string): OrchestrationError {
	return new OrchestrationError(
		'dead_letter_busy',
		`Dead letter ${id} is being replayed right now. Wait for the outcome with GET /api/v1/dead-letters/${id}.`,
		{ details: { id } },
	);
}
