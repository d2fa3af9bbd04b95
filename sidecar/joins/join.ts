import type { ErrorClass } from '../dead-letters/dead-letter';
import type { Item } from '../engines/port/execution';

export const joinStates = ['running', 'succeeded', 'failed', 'cancelled'] as const;
export type JoinState = (typeof joinStates)[number];
export const childStates = ['open', 'succeeded', 'failed', 'cancelled'] as const;
/** open: in the ledger of executions, and not over. */
export type ChildState = (typeof childStates)[number];

export type JoinPolicy = { mode: 'all' | 'collect' | 'first' } | { mode: 'quorum'; quorum: number };

export interface ChildCounts {
	total: number;
	succeeded: number;
	failed: number;
	cancelled: number;
}

/** Many runs of one workflow, and an execution that waits for what comes of them. */
export interface Join {
	id: string;
	environment: string;
	workflowId: string;
	state: JoinState;
	policy: JoinPolicy;
	atOnce: number;
	/** Milliseconds from the start of a child. */
	childDeadlineMs: number | null;
	deadlineAt: Date | null;
	parent: { executionId: string; nodeId: string; visit: number };
	ticketId: string;
	counts: ChildCounts;
	started: boolean;
	/** Why it is over. */
	because: string | null;
	createdAt: Date;
	finishedAt: Date | null;
}

export interface JoinChild {
	index: number;
	state: ChildState;
	/** In the engine. */
	executionId: string | null;
	attempts: number;
	items: Item[];
	error: { message: string; errorClass: ErrorClass } | null;
}

export interface Verdict {
	state: Exclude<JoinState, 'running'>;
	because: string;
}

/** Whether the answer is known; a child that was cancelled has not succeeded. Null: not yet. */
export function judge(policy: JoinPolicy, counts: ChildCounts): Verdict | null {
	const { total, succeeded } = counts;
	const lost = counts.failed + counts.cancelled;
	const succeed = (because: string): Verdict => ({ state: 'succeeded', because });
	const fail = (because: string): Verdict => ({ state: 'failed', because });
	switch (policy.mode) {
		case 'all':
			if (lost > 0) return fail(`Not all of ${total} can succeed: one did not.`);
			return succeeded === total ? succeed(`All ${total} succeeded.`) : null;
		case 'collect':
			return succeeded + lost === total
				? succeed(`All ${total} have ended, ${succeeded} of them well.`)
				: null;
		case 'first':
			if (succeeded > 0) return succeed('One has succeeded.');
			return lost === total ? fail(`None of ${total} succeeded.`) : null;
		case 'quorum': {
			const { quorum } = policy;
			if (succeeded >= quorum) return succeed(`${quorum} of ${total} have succeeded.`);
			return total - lost < quorum
				? fail(`${quorum} of ${total} cannot succeed any more: ${lost} did not.`)
				: null;
		}
	}
}

/** What it comes to when it must end now, as it stands. */
export function judgeAtDeadline(policy: JoinPolicy, counts: ChildCounts): Verdict {
	const open = counts.total - counts.succeeded - counts.failed - counts.cancelled;
	const verdict = judge(policy, { ...counts, cancelled: counts.cancelled + open });
	const state = verdict?.state ?? 'failed';
	return { state, because: `Its time was over with ${open} of ${counts.total} still open.` };
}

export function summaryOf({ state, counts, because }: Join): string {
	if (state !== 'running') return because ?? 'It is over.';
	const over = counts.succeeded + counts.failed + counts.cancelled;
	return `${over} of ${counts.total} children have ended.`;
}

/** Names a child in the ledger of executions; the same join started twice has each child once. */
export const childKey = (joinId: string, index: number): string => `join/${joinId}/${index}`;

/** Null: not a child of ours. */
export function childOf(key: string | null): { joinId: string; index: number } | null {
	const [, joinId, index] = /^join\/([0-9a-f-]{36})\/(\d+)$/.exec(key ?? '') ?? [];
	return joinId === undefined ? null : { joinId, index: Number(index) };
}
