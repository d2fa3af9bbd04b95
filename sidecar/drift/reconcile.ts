import type { NewId } from '../kernel/ids';
import type { DriftFinding, FoundDrift, ScanChange } from './drift-store';

export interface KnownFinding extends DriftFinding {
	/** The state that was accepted; null: none. */
	acceptedState: string | null;
}

export interface Reconciled extends ScanChange {
	/** All that are open now. */
	open: KnownFinding[];
}

/**
 * What is new since the last scan. A drift that has become another one counts as new, and so does one whose
 * acceptance has run out.
 */
export function reconcile(
	known: readonly KnownFinding[],
	found: readonly FoundDrift[],
	at: Date,
	newId: NewId,
): Reconciled {
	const before = new Map(known.map((each) => [nameOf(each), each]));
	const names = new Set(found.map(nameOf));
	const isNew: DriftFinding[] = [];
	const open = found.map((drift): KnownFinding => {
		const last = before.get(nameOf(drift));
		const kept = last?.acceptedState === drift.state ? last.accepted : null;
		const accepted = kept && kept.until > at ? kept : null;
		const finding: KnownFinding = {
			...drift,
			id: last?.id ?? newId(),
			since: last?.since ?? at,
			seenAt: at,
			accepted,
			acceptedState: accepted ? drift.state : null,
		};
		if (last?.state !== drift.state || (last.accepted !== null && accepted === null)) {
			isNew.push(finding);
		}
		return finding;
	});
	return { open, found: isNew, gone: known.filter((each) => !names.has(nameOf(each))) };
}

function nameOf({ workflowKey, kind }: FoundDrift): string {
	return `${workflowKey} ${kind}`;
}
