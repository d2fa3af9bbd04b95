import type { Sealing } from '../environments/sealing';
import { isOrchestrationError } from '../kernel/errors';
import type { AlertStore } from './alert-store';
import { sealedIn } from './channel';

const pageSize = 100;

/**
 * Puts the box of every channel under the first key.
 * @returns what no key opens: its channel has to be put again
 */
export async function resealChannels(
	alerts: Pick<AlertStore, 'listChannels' | 'putChannel'>,
	sealing: Pick<Sealing, 'isStale' | 'reseal'>,
): Promise<string[]> {
	const unreadable: string[] = [];
	for (let after: string | null = null; ;) {
		const channels = await alerts.listChannels({ limit: pageSize, after });
		for (const channel of channels) {
			if (!sealing.isStale(channel.sealedTarget)) continue;
			const place = sealedIn(channel.name);
			try {
				const sealedTarget = sealing.reseal(channel.sealedTarget, place);
				await alerts.putChannel({ ...channel, sealedTarget });
			} catch (error) {
				if (!isOrchestrationError(error, 'secret_unreadable')) throw error;
				unreadable.push(place);
			}
		}
		after = channels.at(-1)?.name ?? null;
		if (channels.length < pageSize || after === null) return unreadable;
	}
}
