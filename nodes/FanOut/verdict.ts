export type FanOutPolicy = { kind: 'all' | 'collect' } | { kind: 'quorum'; atLeast: number };

export interface Tally {
	/** Runs there are in all. */
	total: number;
	succeeded: number;
	failed: number;
}

/**
 * Whether the policy is satisfied, cannot be satisfied any more, or is still open. Once it is decided
 * nothing more needs to be begun.
 */
export function verdictOf(policy: FanOutPolicy, tally: Tally): 'open' | 'satisfied' | 'broken' {
	const { total, succeeded, failed } = tally;
	const over = succeeded + failed === total;
	switch (policy.kind) {
		case 'collect':
			return over ? 'satisfied' : 'open';
		case 'all':
			if (failed > 0) return 'broken';
			return over ? 'satisfied' : 'open';
		case 'quorum':
			if (succeeded >= policy.atLeast) return 'satisfied';
			return total - failed < policy.atLeast ? 'broken' : 'open';
	}
}

/** What was expected and what came, for the message of an error. */
export function brokenBecause(policy: FanOutPolicy, { total, succeeded, failed }: Tally): string {
	switch (policy.kind) {
		case 'all':
			return `Expected all ${total} runs to succeed, but ${failed} failed`;
		case 'quorum':
			return `Expected ${policy.atLeast} of ${total} runs to succeed, but only ${succeeded} did`;
		case 'collect':
			return `${failed} of ${total} runs failed`;
	}
}
