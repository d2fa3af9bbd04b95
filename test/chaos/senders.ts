import { setTimeout as pause } from 'node:timers/promises';
import { request } from '../support/n8n/n8n-requests';
import type { Dice } from '../fuzz/odd-values';

export interface Sent {
	/** The id its sender gave it. */
	key: string;
	sender: number;
}

/** Work that a sidecar was asked to take. */
export interface Work {
	path: string;
	body: object;
	headers: Record<string, string>;
}

/** Whoever is there takes it; a sender asks again until somebody has said yes. */
export interface Crowd {
	/** Sends all of it, some of it more than once, each sender one after the other. */
	send(all: readonly Sent[], onSent: () => void): Promise<void>;
	/** What was answered with 2xx. */
	acknowledged: Set<string>;
}

export function crowdOf(
	urls: readonly string[],
	workOf: (sent: Sent) => Work[],
	{ senders, duplicates, dice }: { senders: number; duplicates: number; dice: Dice },
): Crowd {
	const acknowledged = new Set<string>();
	const insist = async ({ path, body, headers }: Work, first: number): Promise<void> => {
		for (let attempt = 0; ; attempt += 1) {
			const url = urls[(first + attempt) % urls.length] ?? '';
			const answer = await request(`${url}${path}`, { body, headers, timeoutMs: 20_000 }).catch(
				() => null,
			);
			if (answer?.ok) return;
			// Only what may pass is asked again: anything else is a fault of the test.
			if (answer && answer.status < 500 && ![409, 429].includes(answer.status)) {
				throw new Error(`${path} answered ${answer.status} ${JSON.stringify(answer.body)}`);
			}
			await pause(50 + 10 * attempt);
		}
	};
	return {
		acknowledged,
		send: async (all, onSent) => {
			const mine = Map.groupBy(all, ({ sender }) => sender);
			const one = async (sender: number) => {
				for (const sent of mine.get(sender) ?? []) {
					const times = dice.chance(duplicates) ? 2 : 1;
					for (const work of workOf(sent)) {
						const copies = Array.from({ length: times }, (_, nth) => insist(work, sender + nth));
						await Promise.all(copies);
					}
					acknowledged.add(sent.key);
					onSent();
				}
			};
			await Promise.all(Array.from({ length: senders }, (_, sender) => one(sender)));
		},
	};
}
