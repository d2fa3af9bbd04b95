import type { RunEnd, RunEnds } from './run-end';
import { type FanOutPolicy, type Tally, verdictOf } from './verdict';

/**
 * Performs runs 0…count-1 in order, at most `width` at once, until the policy is decided; `isOpen` tells
 * a run whether it is not yet. When it is satisfied what still runs is not waited for; when it is
 * broken it is, but nothing more is begun. After a throw nothing is begun either; what runs is
 * awaited, then the first failure is thrown.
 */
export async function runAll(
	count: number,
	width: number,
	policy: FanOutPolicy,
	perform: (place: number, isOpen: () => boolean) => Promise<RunEnd>,
): Promise<RunEnds> {
	const ends: RunEnds = new Map();
	const tally: Tally = { total: count, succeeded: 0, failed: 0 };
	const failures: unknown[] = [];
	let next = 0;
	let satisfied: () => void = () => undefined;
	const enough = new Promise<void>((resolve) => {
		satisfied = resolve;
	});
	const isSatisfied = () => verdictOf(policy, tally) === 'satisfied';
	const isOpen = () => failures.length === 0 && verdictOf(policy, tally) === 'open';
	const worker = async (): Promise<void> => {
		while (next < count && isOpen()) {
			const place = next++;
			try {
				const end = await perform(place, isOpen);
				// One that comes too late was not needed.
				if (isSatisfied()) return;
				ends.set(place, end);
				tally[end.kind === 'succeeded' ? 'succeeded' : 'failed'] += 1;
			} catch (error) {
				failures.push(error);
			}
			if (isSatisfied()) satisfied();
		}
	};
	const workers = Promise.all(Array.from({ length: Math.min(width, count) }, worker));
	await Promise.race([workers, enough]);
	if (failures.length > 0 && !isSatisfied()) throw failures[0];
	return new Map([...ends].sort(([a], [b]) => a - b));
}

export function tallyOf(total: number, ends: RunEnds): Tally {
	let succeeded = 0;
	for (const { kind } of ends.values()) if (kind === 'succeeded') succeeded += 1;
	return { total, succeeded, failed: ends.size - succeeded };
}
