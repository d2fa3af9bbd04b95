import { type CountedLedger, imbalanceOf, type LedgerName, type Loss } from './ledger';
import type { LedgerStore } from './ledger-store';

export type CheckedLedger = CountedLedger & { imbalance: number; losses: Loss[] };

/** Losses that are named; of a great one the first tell enough. */
const mostNamed = 100;

/** Every ledger with what is missing in it, by id as far as it is known. */
export async function checkLaw(store: LedgerStore): Promise<CheckedLedger[]> {
	const checked: CheckedLedger[] = [];
	for (const counted of await store.sums()) {
		const imbalance = imbalanceOf(counted);
		const losses = imbalance === 0 ? [] : await store.losses(counted.ledger, mostNamed);
		checked.push({ ...counted, imbalance, losses });
	}
	return checked;
}

/** Where the law is broken, for those who are to be told. */
export async function brokenLaws(
	store: LedgerStore,
): Promise<Array<{ work: LedgerName; missing: number; named: string[] }>> {
	return (await checkLaw(store))
		.filter(({ imbalance }) => imbalance !== 0)
		.map(({ ledger, imbalance, losses }) => ({
			work: ledger,
			missing: imbalance,
			named: losses.map(({ id }) => id),
		}));
}
