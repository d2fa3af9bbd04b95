import { emptyChain, hashOf, type AuditEntry, type ChainHead } from './audit-entry';
import type { AuditStore } from './audit-store';

export type ChainProof =
	| { intact: true; entries: number; head: ChainHead }
	| {
			intact: false;
			entries: number;
			head: ChainHead;
			fault: ChainFault;
	  };

export interface ChainFault {
	/** Number of the first entry that is not as it was written. */
	seq: number;
	kind: 'changed' | 'missing' | 'inserted' | 'unlinked' | 'cut';
	/** What it means, in words. */
	message: string;
}

/** Entries looked at in one go. */
const pageSize = 1_000;

/**
 * Computes every hash again, from the first entry to the head, and stops at the first fault.
 * @param anchor a head that was noted somewhere else before; proves that the whole chain was not written anew
 */
export async function verifyChain(
	store: Pick<AuditStore, 'head' | 'readAfter'>,
	anchor: ChainHead | null = null,
): Promise<ChainProof> {
	const head = await store.head();
	let last = emptyChain;
	let entries = 0;
	const broken = (fault: ChainFault): ChainProof => ({ intact: false, entries, head, fault });
	while (last.seq < head.seq) {
		const page = (await store.readAfter(last.seq, pageSize)).filter(({ seq }) => seq <= head.seq);
		if (page.length === 0) break;
		for (const entry of page) {
			const fault = faultAfter(last, entry) ?? againstAnchor(entry, anchor);
			if (fault) return broken(fault);
			last = { seq: entry.seq, hash: entry.hash };
			entries += 1;
		}
	}
	if (last.seq < head.seq) return broken(cutAt(last, head.seq));
	if (last.hash !== head.hash) {
		return broken({
			seq: head.seq,
			kind: 'changed',
			message: `Entry ${head.seq} is whole in itself, but is not the one the head was written with.`,
		});
	}
	if (anchor && anchor.seq > head.seq) return broken(cutAt(last, anchor.seq));
	return { intact: true, entries, head };
}

/** What is wrong with an entry, given the one before; null when nothing is. */
export function faultAfter(last: ChainHead, entry: AuditEntry): ChainFault | null {
	const { seq } = entry;
	if (seq <= last.seq) {
		return { seq, kind: 'inserted', message: `There is more than one entry ${seq}.` };
	}
	if (seq > last.seq + 1) {
		const missing = last.seq + 1;
		const gone =
			seq === missing + 1 ? `Entry ${missing} is` : `Entries ${missing} to ${seq - 1} are`;
		return { seq: missing, kind: 'missing', message: `${gone} missing.` };
	}
	if (hashOf(entry) !== entry.hash) {
		const message = `Entry ${seq} was changed: its hash is not the one of what it says.`;
		return { seq, kind: 'changed', message };
	}
	if (entry.previousHash === last.hash) return null;
	const message = `Entry ${seq} does not follow the entry before it: one of the two was replaced.`;
	return { seq, kind: 'unlinked', message };
}

function againstAnchor(entry: AuditEntry, anchor: ChainHead | null): ChainFault | null {
	if (entry.seq !== anchor?.seq || entry.hash === anchor.hash) return null;
	const message = `Entry ${entry.seq} is not the one that was noted elsewhere: the chain was written anew.`;
	return { seq: entry.seq, kind: 'changed', message };
}

function cutAt(last: ChainHead, expected: number): ChainFault {
	const seq = last.seq + 1;
	const message = `The chain ends after entry ${last.seq}, but was written up to ${expected}.`;
	return { seq, kind: 'cut', message };
}
