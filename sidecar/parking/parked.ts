import type { ResumeOutcome } from '../engines/port/run';

export const parkedStates = ['parked', 'resuming', 'resumed', 'gone', 'cancelled'] as const;
export type ParkedState = (typeof parkedStates)[number];

export type GoneBecause = Extract<ResumeOutcome, { status: 'gone' }>['because'];
export const goneReasons = [
	'finished',
	'failed',
	'deleted',
	'moved-on',
	'token-refused',
] as const satisfies readonly GoneBecause[];

/** An execution that waits without a slot, to be woken by us. */
export interface Parked {
	id: string;
	environment: string;
	executionId: string;
	sealedToken: string;
	nodeId: string;
	visit: number;
	workflowId: string | null;
	state: ParkedState;
	/** Null until its join is over. */
	wakeAt: Date | null;
	joinId: string | null;
	/** Null: there is nothing to do, or not yet. */
	dueAt: Date | null;
	attempts: number;
	/** An attempt was made whose answer nobody knows. */
	inDoubt: boolean;
	trouble: string | null;
	goneBecause: GoneBecause | null;
	/** Grows with each claim; what an earlier one has to say does not count any more. */
	fence: number;
	createdAt: Date;
	updatedAt: Date;
	settledAt: Date | null;
}

export function isSettled(state: ParkedState): boolean {
	return state === 'resumed' || state === 'gone' || state === 'cancelled';
}

/** Where the box of a resume token stands. */
export const tokenPlace = (environment: string, executionId: string): string =>
	`${environment}/resume/${executionId}`;

const goneSentences: Record<GoneBecause, string> = {
	finished: 'The execution has ended without us.',
	failed: 'The execution has ended with an error, or was cancelled.',
	deleted: 'The engine knows the execution no more.',
	'moved-on': 'The execution no longer waits where this ticket was taken.',
	'token-refused':
		'The engine refused the resume token: it was wrong, or the instance was set up anew.',
};

export function summaryOf(parked: Parked): string {
	const { state, wakeAt, attempts, trouble } = parked;
	switch (state) {
		case 'parked':
			if (wakeAt === null) return 'Waits until its join is over.';
			if (attempts === 0) return `Waits until ${wakeAt.toISOString()}.`;
			return `Could not be woken yet and is tried again: ${trouble ?? 'the process that tried is gone'}`;
		case 'resuming':
			return 'The engine is being asked to go on with it.';
		case 'resumed':
			return 'The engine has gone on with it.';
		case 'gone': {
			const because = goneSentences[parked.goneBecause ?? 'moved-on'];
			return parked.inDoubt && parked.goneBecause !== 'token-refused'
				? `${because} The answer to an earlier attempt was lost; most likely that one has woken it.`
				: because;
		}
		case 'cancelled':
			return 'Was taken back; nobody wakes the execution.';
	}
}
