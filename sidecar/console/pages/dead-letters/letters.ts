import type { components } from '../../api/schema';

export type Letter = components['schemas']['DeadLetter'];
export type LetterDetail = components['schemas']['DeadLetterDetail'];
export type Incident = components['schemas']['Incident'];
export type BulkRequest = components['schemas']['BulkReplayRequest'];
export type BulkReplay = components['schemas']['BulkReplay'];
export type BulkDetail = components['schemas']['BulkReplayDetail'];
export type ReplaySchedule = components['schemas']['ReplaySchedule'];
export type Rehearsal = components['schemas']['Rehearsal'];
export type RehearsalReport = components['schemas']['RehearsalReport'];
export type BulkPreview = components['schemas']['BulkReplayPreview'];

export const letterStates = [
	'waiting',
	'scheduled',
	'replaying',
	'resolved',
	'discarded',
	'expired',
] as const satisfies ReadonlyArray<Letter['state']>;

/** What the class of an error says about the way out. */
export const classes: ReadonlyArray<{ value: Letter['errorClass']; name: string; advice: string }> =
	[
		{ value: 'transient', name: 'transient', advice: 'May pass by itself: replay.' },
		{ value: 'quota', name: 'quota', advice: 'Too much at once: replay slowly.' },
		{ value: 'auth', name: 'auth', advice: 'Renew the credential, then replay.' },
		{ value: 'data', name: 'data', advice: 'This payload does not fit: mend it, or discard.' },
		{ value: 'bug', name: 'bug', advice: 'Mend the workflow, publish it, then replay on live.' },
		{ value: 'unknown', name: 'unknown', advice: 'Look at the error first.' },
	];

export function adviceFor(errorClass: Letter['errorClass']): string {
	return classes.find(({ value }) => value === errorClass)?.advice ?? '';
}

const open: ReadonlySet<Letter['state']> = new Set(['waiting', 'scheduled']);

/** Can be sent again or given up now. */
export function isOpen({ state }: Pick<Letter, 'state'>): boolean {
	return open.has(state);
}

export function canReplay({ state }: Pick<Letter, 'state'>): boolean {
	return open.has(state) || state === 'expired';
}

/** Its time was over, and all of it is in the archive. */
export function isArchived({ state, archivedAt }: Pick<Letter, 'state' | 'archivedAt'>): boolean {
	return state === 'expired' && archivedAt !== null;
}

export function openLetters({ letters }: Incident): number {
	return (letters.waiting ?? 0) + (letters.scheduled ?? 0) + (letters.replaying ?? 0);
}

export function allLetters({ letters }: Incident): number {
	return Object.values(letters).reduce((sum, count) => sum + count, 0);
}

export function workflowOf(of: { workflowName: string | null; workflowId: string }): string {
	return of.workflowName ?? of.workflowId;
}

export const strategies = [
	{ value: 'redeliver', name: 'Redeliver: from the trigger, with the payload it had' },
	{ value: 'retry', name: 'Retry: from the failed node, inside n8n' },
] as const;
