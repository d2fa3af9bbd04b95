import type { DeadLetter, LetterSummary, NewDeadLetter } from '../dead-letters/dead-letter';
import { combineCalls, type Settled } from '../kernel/combine-calls';
import { keepLetters, type KeptLetter } from './keep-letters';
import { findLetter, findSummaries } from './letter-queries';
import type { Queryable } from './queryable';
import { storedText } from './stored-text';

/** Keeps letters of callers that know nothing of each other. */
export interface LetterIntake {
	accept(letter: NewDeadLetter): Promise<{ letter: DeadLetter; created: boolean }>;
	/** All or none. */
	acceptAll(letters: NewDeadLetter[]): Promise<Array<{ letter: LetterSummary; created: boolean }>>;
}

/** Letters of one statement; more wait for the next. */
const mostAtOnce = 200;
/** Batches under way at once: one is gathered while another is written to disk. */
const lanes = 2;

/** Single letters that come at the same time are kept by one statement and one fsync. */
export function createLetterIntake(client: Queryable): LetterIntake {
	const keep = combineCalls<NewDeadLetter, KeptLetter>(
		async (_lane, letters) => await acceptEach(client, letters),
		{ most: mostAtOnce },
	);
	let turn = 0;
	const keepOne = async (letter: NewDeadLetter) => await keep(String((turn += 1) % lanes), letter);
	return {
		accept: async (letter) => {
			const { id } = await keepOne(letter);
			const kept = await findLetter(client, id);
			if (!kept) throw notKept(id);
			return { letter: kept, created: id === letter.id };
		},
		acceptAll: async (letters) => {
			const [only] = letters;
			const isOne = only !== undefined && letters.length === 1;
			const kept = isOne ? [await keepOne(only)] : await keepLetters(client, letters);
			return await summaries(client, letters, kept);
		},
	};
}

/** A letter that cannot be kept does not take the others with it. */
async function acceptEach(
	client: Queryable,
	letters: readonly NewDeadLetter[],
): Promise<Array<Settled<KeptLetter>>> {
	try {
		return (await keepLetters(client, letters)).map((answer) => ({ answer }));
	} catch (error) {
		if (letters.length === 1) return [{ error }];
		const each = letters.map(async (letter) => await acceptEach(client, [letter]));
		return (await Promise.all(each)).flat();
	}
}

const notKept = (id: string) => new Error(`dead letter ${id} was not kept`);

/** Reads only those of which more is known than was reported now. */
async function summaries(
	client: Queryable,
	letters: readonly NewDeadLetter[],
	kept: readonly KeptLetter[],
): Promise<Array<{ letter: LetterSummary; created: boolean }>> {
	const others = kept.filter(({ isAsReported }) => !isAsReported).map(({ id }) => id);
	const found = others.length > 0 ? await findSummaries(client, [...new Set(others)]) : [];
	const byId = new Map(found.map((letter) => [letter.id, letter]));
	return letters.map((letter, nth) => {
		const { id = letter.id, isAsReported = false, workflowKey = null } = kept[nth] ?? {};
		const summary = isAsReported ? asReported(letter, workflowKey) : byId.get(id);
		if (!summary) throw notKept(id);
		return { letter: summary, created: id === letter.id };
	});
}

function asReported(letter: NewDeadLetter, workflowKey: string | null): LetterSummary {
	const { trigger: _trigger, failedInput: _failedInput, ran: _ran, ...summary } = letter;
	return {
		...summary,
		workflowKey,
		workflowName: storedText(letter.workflowName),
		note: storedText(letter.note),
		occurrences: 1,
		attempts: 0,
		updatedAt: letter.createdAt,
		archivedAt: null,
	};
}
