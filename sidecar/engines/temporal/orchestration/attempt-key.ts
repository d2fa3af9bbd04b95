/** Names an attempt in the ledger, so that an activity that runs twice begins it once. */
export const attemptKey = (group: string, chain: string, index: number, attempt: number): string =>
	`${group}/${chain}/${index}/${attempt}`;

/** Index of the child; null: not an attempt of an orchestration. */
export function indexIn(key: string | null): number | null {
	const [, index] = /^temporal\/[^/]+\/[^/]+\/(\d+)\/\d+$/.exec(key ?? '') ?? [];
	return index === undefined ? null : Number(index);
}
