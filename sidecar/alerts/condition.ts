/** What a rule watches. Times in milliseconds, shares from 0 to 1. */
export type AlertCondition =
	| { kind: 'failure-rate'; windowMs: number; above: number; minimum: number }
	| { kind: 'dead-letters'; above: number }
	| { kind: 'no-run-since'; ms: number }
	| { kind: 'too-slow'; windowMs: number; aboveMs: number; minimum: number }
	| { kind: 'circuit-open'; key: string }
	| { kind: 'drift' }
	| { kind: 'law-broken' }
	| { kind: 'expired-letters'; windowMs: number; above: number }
	| { kind: 'stuck'; runningMs: number; overdueMs: number }
	| { kind: 'webhook-gone' }
	| { kind: 'unpublished'; withinMs: number }
	| { kind: 'backlog'; aboveMs: number };
