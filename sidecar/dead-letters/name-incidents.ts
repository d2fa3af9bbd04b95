import type { DeadLetterStore } from './dead-letter-store';
import { incidentOf } from './incident';

const atOnce = 500;

/** Works out the incident of letters that an older version of the sidecar kept. */
export async function nameIncidents(
	letters: Pick<DeadLetterStore, 'withoutIncident' | 'nameIncidents'>,
): Promise<void> {
	for (;;) {
		const nameless = await letters.withoutIncident(atOnce);
		if (nameless.length === 0) return;
		await letters.nameIncidents(
			nameless.map((letter) => ({
				id: letter.id,
				incident: incidentOf(letter),
				node: letter.error.node,
			})),
		);
	}
}
