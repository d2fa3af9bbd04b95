import type { Item } from '../engines/port/execution';
import type { NewParked } from '../parking/parked-store';
import type { ChildCounts, Join, JoinChild, JoinPolicy, Verdict } from './join';

export type NewJoin = Pick<
	Join,
	'id' | 'environment' | 'workflowId' | 'policy' | 'atOnce' | 'childDeadlineMs' | 'parent'
> & {
	/** From now, by the store's clock. */
	deadlineMs: number | null;
	children: number;
};

export type ChildEnd = Pick<JoinChild, 'executionId' | 'attempts' | 'error'> & {
	state: 'succeeded' | 'failed' | 'cancelled';
};

export type Judge = (policy: JoinPolicy, counts: ChildCounts) => Verdict | null;

/**
 * Port of the joins. What ends a join does all of it in one transaction: the open children are
 * cancelled, and its parent's ticket is due. So the parent is woken once, and never without an end.
 */
export interface JoinStore {
	/** Parks the parent and keeps the join; asked twice for the same ticket it is the one that is there. */
	create(join: NewJoin, ticket: NewParked): Promise<{ join: Join; created: boolean }>;
	/** All children are in the ledger. */
	markStarted(id: string): Promise<void>;
	find(id: string): Promise<Join | null>;
	/** What a child gave; counts only once the child has succeeded. */
	keepItems(id: string, index: number, items: Item[]): Promise<void>;
	/** A child is over. Twice is once. @returns the join when this has ended it */
	settleChild(id: string, index: number, end: ChildEnd, judge: Judge): Promise<Join | null>;
	/** Null: it is over already, or unknown. */
	end(id: string, judge: Judge): Promise<Join | null>;
	/** By index, at least one, and no more than about `bytes` of JSON. */
	children(
		id: string,
		page: { limit: number; after: number | null; bytes: number },
	): Promise<JoinChild[]>;
	/** Of all children, about, in bytes of JSON. */
	sizeOf(id: string): Promise<number>;
	/** Running, and their time is over. */
	overdue(limit: number): Promise<string[]>;
	/** Kept for so long and never started: whoever asked for them has gone. */
	abandoned(olderThanMs: number, limit: number): Promise<string[]>;
	/** Gives children that have begun their deadline. */
	limitChildren(): Promise<void>;
	/** Over, with children still to be cancelled in the ledger. */
	toCancel(limit: number): Promise<string[]>;
	/** Children that are not over in the ledger and were not asked to be. */
	openExecutions(id: string, limit: number): Promise<string[]>;
	markCancelled(id: string): Promise<void>;
	/** Running joins whose parent was not looked for in that time; each is given once. */
	claimParents(everyMs: number, limit: number): Promise<Join[]>;
	/** @returns how often in a row it was missed now */
	noteParent(id: string, isThere: boolean): Promise<number>;
	/** Deletes what was over before then, once its parent is told. */
	purge(finishedBefore: Date): Promise<void>;
	/** Of running and waiting children in the ledger. */
	underWay(id: string): Promise<number>;
}
