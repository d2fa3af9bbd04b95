import type { components } from '../../api/schema';
import type { IconName } from '../../components/icons';
import { count, counted } from '../../components/numbers';
import type { Tone } from '../../components/status-tones';

type Overview = components['schemas']['Overview'];

/** Something that a person should look at, and where its cause is. */
export interface Attention {
	tone: Extract<Tone, 'bad' | 'warn'>;
	icon: IconName;
	text: string;
	to: string;
}

/** Environments are read every few seconds: this long without a look is no accident. */
export const silentAfterMs = 120_000;

/** What is wrong, the worst first. Empty: nothing is. */
export function attentionOf(overview: Overview, now: number): Attention[] {
	const found: Attention[] = [];
	const { ledgers, openCircuits, waitingPromotions, environments } = overview;
	for (const { ledger, imbalance } of ledgers) {
		if (imbalance !== 0) {
			found.push({
				tone: 'bad',
				icon: 'warning',
				text: `${count(Math.abs(imbalance))} of the ${ledger.replace('_', ' ')} accepted are in no state: work was lost`,
				to: '/alerts',
			});
		}
	}
	for (const { name, seenAt } of environments) {
		if (isSilent(seenAt, now)) {
			found.push({
				tone: 'bad',
				icon: 'warning',
				text: `${name} was not heard of for a while`,
				to: `/settings?environment=${name}`,
			});
		}
	}
	for (const { name, succeeded, failed } of environments) {
		if (isFailing({ succeeded, failed })) {
			found.push({
				tone: 'bad',
				icon: 'executions',
				text: `${counted(failed, 'run')} of ${succeeded + failed} failed in ${name}`,
				to: `/executions?environment=${name}&status=failed`,
			});
		}
	}
	for (const key of openCircuits) {
		found.push({
			tone: 'bad',
			icon: 'traffic',
			text: `The circuit ${key} is open`,
			to: `/traffic?circuit=${encodeURIComponent(key)}`,
		});
	}
	for (const { name, letters } of environments) {
		if (letters > 0) {
			found.push({
				tone: 'warn',
				icon: 'letters',
				text: `${counted(letters, 'dead letter is', 'dead letters are')} open in ${name}`,
				to: `/dead-letters?environment=${name}`,
			});
		}
	}
	if (waitingPromotions > 0) {
		found.push({
			tone: 'warn',
			icon: 'promote',
			text: `${counted(waitingPromotions, 'promotion waits', 'promotions wait')} for approval`,
			to: '/promotions?phase=awaiting-approval',
		});
	}
	for (const { name, drift, driftError } of environments) {
		if (drift > 0) {
			found.push({
				tone: 'warn',
				icon: 'branch',
				text: `${name} has drifted in ${counted(drift, 'place')}`,
				to: `/workflows?environment=${name}&show=drifted`,
			});
		}
		if (driftError !== null) {
			found.push({
				tone: 'warn',
				icon: 'branch',
				text: `${name} could not be compared with what was promoted: ${driftError}`,
				to: `/workflows?environment=${name}`,
			});
		}
	}
	return found;
}

export function isSilent(seenAt: string | null, now: number): boolean {
	return seenAt !== null && now - Date.parse(seenAt) > silentAfterMs;
}

/** More than one run in twenty. */
export function isFailing({ succeeded, failed }: { succeeded: number; failed: number }): boolean {
	return failed > (succeeded + failed) * 0.05;
}
