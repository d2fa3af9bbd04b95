/** As Finagle's RetryBudget: calls pay for retries, and what they paid for expires. */
export interface RetryBudgetPolicy {
	/** Retries that one call pays for. */
	ratio: number;
	/** Retries a second that nobody has to pay for. */
	minPerSecond: number;
	/** Milliseconds that what was paid for is good. */
	windowMs: number;
}

/** Retries paid for until a time. */
export type Deposit = [until: number, retries: number];

/** All that is kept of one budget; times in milliseconds since 1970. */
export interface RetryBudget {
	policy: RetryBudgetPolicy;
	/** Oldest first. */
	deposits: Deposit[];
	/** What nobody has to pay for, as it was at a time; it fills up for one window. */
	reserve: { retries: number; at: number };
}

export const defaultPolicy: RetryBudgetPolicy = { ratio: 0.2, minPerSecond: 1, windowMs: 10_000 };

/** Deposits of one such part of the window are kept as one. */
const parts = 20;
/** Sums of many small parts are off by less. */
const tiny = 1e-9;

export function newRetryBudget(policy: RetryBudgetPolicy, now: number): RetryBudget {
	return { policy, deposits: [], reserve: { retries: mostReserved(policy), at: now } };
}

/** What was paid for stays paid for, for as long as the new policy says. */
export function withPolicy(
	before: RetryBudget | null,
	policy: RetryBudgetPolicy,
	now: number,
): RetryBudget {
	if (before === null) return newRetryBudget(policy, now);
	const { deposits, reserve } = settled(before, now);
	return {
		policy,
		deposits: deposits.map(([until, retries]) => [Math.min(until, now + policy.windowMs), retries]),
		reserve: { retries: Math.min(reserve.retries, mostReserved(policy)), at: now },
	};
}

/** Whole retries that would be granted now. */
export function available(budget: RetryBudget, now: number): number {
	return wholePart(inHand(settled(budget, now)));
}

export interface Withdrawal {
	/** Calls made since the last time this was told. */
	calls: number;
	/** Retries wanted. */
	retries: number;
}

export interface Granted {
	granted: number;
	/** When one more would be granted without any call; null when only calls help, or all was granted. */
	retryAt: number | null;
}

/** Pays in for the calls, then takes out as many of the retries as there are: first what expires first. */
export function decideWithdrawal(
	before: RetryBudget,
	{ calls, retries }: Withdrawal,
	now: number,
): { row: RetryBudget; answer: Granted } {
	const budget = settled(before, now);
	const deposits = paidIn(budget, calls, now);
	const granted = Math.min(retries, wholePart(inHand({ ...budget, deposits })));
	let open = granted;
	const left = deposits.flatMap(([until, some]): Deposit[] => {
		const taken = Math.min(some, open);
		open -= taken;
		return some - taken > tiny ? [[until, some - taken]] : [];
	});
	const row: RetryBudget = {
		...budget,
		deposits: left,
		reserve: { retries: Math.max(0, budget.reserve.retries - open), at: now },
	};
	const retryAt = granted === retries ? null : nextAt(row, now);
	// Nothing was paid in or taken out: nothing has to be written.
	return { row: granted === 0 && calls === 0 ? before : row, answer: { granted, retryAt } };
}

/** What has expired is gone, what came by itself is there. */
function settled(budget: RetryBudget, now: number): RetryBudget {
	const { policy, deposits, reserve } = budget;
	const passed = Math.max(0, now - reserve.at);
	const refilled = reserve.retries + (passed / 1000) * policy.minPerSecond;
	return {
		policy,
		deposits: deposits.filter(([until]) => until > now),
		reserve: { retries: Math.min(mostReserved(policy), refilled), at: now },
	};
}

function mostReserved({ minPerSecond, windowMs }: RetryBudgetPolicy): number {
	return (minPerSecond * windowMs) / 1000;
}

function paidIn({ policy, deposits }: RetryBudget, calls: number, now: number): Deposit[] {
	const paid = calls * policy.ratio;
	if (paid === 0) return deposits;
	// Good for a window at most: the part that runs now ends within it.
	const part = policy.windowMs / parts;
	const until = Math.floor(now / part) * part + policy.windowMs;
	const last = deposits.at(-1);
	return last && last[0] >= until
		? [...deposits.slice(0, -1), [last[0], last[1] + paid]]
		: [...deposits, [until, paid]];
}

function inHand({ deposits, reserve }: Pick<RetryBudget, 'deposits' | 'reserve'>): number {
	return deposits.reduce((sum, [, retries]) => sum + retries, reserve.retries);
}

function wholePart(retries: number): number {
	return Math.floor(retries + tiny);
}

/**
 * When the reserve alone, or with what is paid for until then, makes a whole retry. What is paid for
 * can only expire, so it is looked at piece by piece.
 */
function nextAt({ policy, deposits, reserve }: RetryBudget, now: number): number | null {
	const { minPerSecond } = policy;
	if (minPerSecond <= 0) return null;
	const ends = [...deposits.map(([until]) => until), Infinity];
	for (const [index, end] of ends.entries()) {
		const paid = deposits.slice(index).reduce((sum, [, retries]) => sum + retries, 0);
		const missing = Math.max(0, 1 - tiny - paid);
		// The reserve never holds more than a window of it.
		if (missing > mostReserved(policy)) continue;
		const at = now + Math.ceil(((missing - reserve.retries) / minPerSecond) * 1000);
		if (at < end) return Math.max(at, index === 0 ? now : (ends[index - 1] ?? now));
	}
	return null;
}
