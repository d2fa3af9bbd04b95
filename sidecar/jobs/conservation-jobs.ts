import type { LedgerStore } from '../conservation/ledger-store';
import type { Job } from './job';

/** The counts stay short to read; now and then the rows themselves are counted. */
export function conservationJobs(ledgers: LedgerStore): Job[] {
	return [
		{ name: 'fold-ledgers', everySeconds: 10, run: async () => await ledgers.fold() },
		{ name: 'recount-ledgers', everySeconds: 3_600, run: async () => await ledgers.recount() },
	];
}
