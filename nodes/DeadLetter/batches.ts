import type { DeadLetterInput } from '../../sidecar/contract/dead-letters';
import { MOST_LETTERS } from '../shared/letters/send-letters';

/** Characters of JSON in one call, well below the 16 MB a sidecar takes unless told otherwise. */
const MOST_CHARACTERS = 6_000_000;

/** A letter and the input item it is for. */
export interface ItemLetter {
	index: number;
	letter: DeadLetterInput;
}

/** Letters for one call each: of one environment, and together no larger than a request may be. */
export function batchesOf(letters: ItemLetter[]): ItemLetter[][] {
	const batches: ItemLetter[][] = [];
	const open = new Map<string | undefined, { batch: ItemLetter[]; characters: number }>();
	for (const each of letters) {
		const { environment } = each.letter;
		const characters = JSON.stringify(each.letter).length;
		const last = open.get(environment);
		const fits =
			last && last.batch.length < MOST_LETTERS && last.characters + characters <= MOST_CHARACTERS;
		if (fits) {
			last.batch.push(each);
			last.characters += characters;
		} else {
			const batch = [each];
			batches.push(batch);
			open.set(environment, { batch, characters });
		}
	}
	return batches;
}
