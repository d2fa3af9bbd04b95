/**
 * Removes what is too old in small steps, so that nothing waits for it, until nothing is left or the
 * sidecar stops. A backlog of days must not hold up either.
 * @param step does at most `full` and tells how many it did
 */
export async function inSteps(
	step: () => Promise<number>,
	full: number,
	stopping?: AbortSignal,
): Promise<void> {
	while (!stopping?.aborted && (await step()) === full);
}
