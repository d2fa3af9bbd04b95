/**
 * parked: waits for its time. resuming: the engine is being asked to go on with it. resumed: the
 * engine said yes. gone: there is nothing left to wake. cancelled: somebody took it back.
 */
export type ParkedState = 'parked' | 'resuming' | 'resumed' | 'gone' | 'cancelled';

/**
 * finished: the execution ended well without us. failed: it ended with an error or was cancelled.
 * deleted: the engine knows it no more. moved-on: it waits, but not where this ticket was taken.
 * token-refused: it is another execution, or the token was wrong.
 */
export type GoneBecause = 'finished' | 'failed' | 'deleted' | 'moved-on' | 'token-refused';

/**
 * POST /parked, role node and above: wake this execution at that time. Call it from `execute()`, then
 * `putExecutionToWait`; a wake that comes before the wait is saved is tried again by the sidecar.
 * 201 for a new ticket; 200 for the one that is there (same execution, token, node and visit), which
 * gets the new time unless it is being resumed or was.
 */
export interface ParkRequest {
	/** Default: the token's own. */
	environment?: string;
	executionId: string;
	/** The `signature` in `$execution.resumeUrl`. Kept sealed, never shown again. */
	resumeToken: string;
	/** `this.getNode().id` */
	nodeId: string;
	/** Which wait of this node in this execution: any number that it does not use twice. */
	visit: number;
	/** ISO date-time; in the past: at once. Either this or `waitMs`; at most 366 days ahead. */
	resumeAt?: string;
	/** Milliseconds from now, by the sidecar's clock. */
	waitMs?: number;
	/** Shown to operators. */
	workflowId?: string;
}

/** GET /parked/{id}; GET /parked?environment&state&executionId&workflowId, newest first. */
export interface Parked {
	/** Of the ticket. */
	id: string;
	environment: string;
	executionId: string;
	nodeId: string;
	visit: number;
	workflowId: string | null;
	state: ParkedState;
	/** Its state as a sentence. */
	summary: string;
	/** null: waits for its join, not for a time. */
	resumeAt: string | null;
	/** The join it waits for. */
	joinId: string | null;
	/** Times the engine was asked. */
	attempts: number;
	/** When the engine is asked next; null when it is over. */
	nextAttemptAt: string | null;
	/** What stood in the way the last time. */
	trouble: string | null;
	goneBecause: GoneBecause | null;
	createdAt: string;
	updatedAt: string;
	/** When it was resumed, found gone, or cancelled. */
	settledAt: string | null;
}

/**
 * Body of the POST with which the sidecar resumes the execution:
 * `POST <base URL>/webhook-waiting/<executionId>/orchestration?signature=<resumeToken>`. The base URL is
 * the environment's; the node declares its webhook with the path `orchestration`.
 *
 * The node's `webhook()` must not throw and have no side effects, since it may run more than once
 * for one wake. It compares `ticket.nodeId` and `ticket.visit` with its own and answers
 * - 200 and goes on, when they are its own;
 * - 409 `{code: "other_ticket"}` (or 410) with `noWebhookResponse` when they are not: `moved-on`;
 * - 503 `{code}` when it cannot take the wake now (a result it could not read): asked again later.
 */
export type ResumeBody =
	| { ticket: ResumeTicket; reason: 'due' }
	/** A join of this execution is over; `result` is as in joins.ts. */
	| { ticket: ResumeTicket; reason: 'joined'; result: unknown };

export interface ResumeTicket {
	id: string;
	nodeId: string;
	visit: number;
}
