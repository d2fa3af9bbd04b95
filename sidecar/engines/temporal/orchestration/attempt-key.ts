/** Names an attempt in the ledger, so that an activity that runs twice begins it once. */
export const attemptKey = (group: string, chain: string, index: number, attempt: number): string =>
	`${group}/${chain}/${index}/${attempt}`;

/** Null: not an attempt of an orchestration. */
export function readAttemptKey(key: string | null): { chain: string; index: number } | null {
	const [, chain, index] = /^temporal\/[^/]+\/([^/]+)\/(\d+)\/\d+$/.exec(key ?? '') ?? [];
	return chain === undefined ? null : { chain, index: Number(index) };
}
