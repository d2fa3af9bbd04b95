import type { Sealing } from '../environments/sealing';
import { backoffDelay } from '../kernel/backoff';
import type { Clock } from '../kernel/clock';
import type { AlertStore, ClaimedNotice } from './alert-store';
import { type ChannelTarget, sealedIn } from './channel';
import type { SendNotice } from './notice-sender';

export interface NoticePorts {
	alerts: AlertStore;
	sealing: Pick<Sealing, 'open'>;
	sendNotice: SendNotice;
	clock: Clock;
	random: () => number;
}

const atOnce = 20;
/** Prolonged while they are sent: some senders take longer. */
export const leaseMs = 15_000;
/** Then about 4 hours have gone by. */
const mostAttempts = 10;
const backoff = { baseDelayMs: 5_000, maxDelayMs: 3_600_000, factor: 3 };

/** Sends what is due, until nothing is. */
export async function sendNotices(ports: NoticePorts): Promise<void> {
	for (;;) {
		const claimed = await ports.alerts.claimNotices(atOnce, leaseMs);
		await sendAll(ports, claimed);
		if (claimed.length < atOnce) return;
	}
}

async function sendAll(ports: NoticePorts, claimed: ClaimedNotice[]): Promise<void> {
	const { alerts, clock } = ports;
	const left = new Set(claimed.map(({ notice }) => notice.id));
	const over = new AbortController();
	const keepLeases = async () => {
		while (!over.signal.aborted) {
			await clock.sleep(leaseMs / 3, over.signal).catch(() => undefined);
			// A missed renewal is made up by the next one.
			if (left.size > 0) await alerts.renewNotices([...left], leaseMs).catch(() => undefined);
		}
	};
	const kept = keepLeases();
	const each = async (one: ClaimedNotice) => {
		// Before it is settled: what is to be tried again has its own time.
		await sendOne(ports, one, () => left.delete(one.notice.id));
	};
	try {
		await Promise.all(claimed.map(each));
	} finally {
		over.abort();
		await kept;
	}
}

async function sendOne(
	ports: NoticePorts,
	claimed: ClaimedNotice,
	onAnswer: () => void,
): Promise<void> {
	const { alerts, clock, random } = ports;
	const { id, attempts } = claimed.notice;
	const trouble = await troubleWith(ports, claimed);
	onAnswer();
	if (trouble === null) {
		await alerts.settleNotice(id, { sent: true });
		return;
	}
	const isLast = claimed.channel === null || attempts >= mostAttempts;
	const delay = backoffDelay(backoff, Math.max(1, attempts), random());
	const retryAt = isLast ? null : new Date(clock.now().getTime() + delay);
	await alerts.settleNotice(id, { sent: false, trouble, retryAt });
}

async function troubleWith(
	{ sealing, sendNotice }: NoticePorts,
	{ notice, alert, channel }: ClaimedNotice,
): Promise<string | null> {
	if (!channel) return `There is no channel ${notice.channel} any more.`;
	try {
		const target = JSON.parse(
			sealing.open(channel.sealedTarget, sealedIn(channel.name)),
		) as ChannelTarget;
		return await sendNotice(target, notice, alert);
	} catch (error) {
		return error instanceof Error ? error.message : String(error);
	}
}
