import type { Admission } from '../../executions/dispatch-ports';
import { isOrchestrationError } from '../../kernel/errors';
import type { ReplayOutcome } from '../replay-outcome';
import type { BulkReplay } from './bulk-replay';

export type Limits = Pick<BulkReplay, 'circuit' | 'rateLimit'>;

/** Port: the circuit and the rate limit that executions hold to, too. */
export interface LimitPorts {
	/** @throws rate_limit_not_found */
	admit(limits: Limits): Promise<Admission>;
}

export type LetterAdmission =
	| { go: true; report(outcome: ReplayOutcome | null): Promise<void> }
	/** at: when to ask again; null: nobody can say. */
	| { go: false; at: Date | null; reason: string };

/** Whether the next letter may begin, by what the bulk replay was told to hold to. */
export async function admitLetter(ports: LimitPorts, limits: Limits): Promise<LetterAdmission> {
	if (limits.circuit === null && limits.rateLimit === null) {
		return { go: true, report: async () => undefined };
	}
	try {
		const admission = await ports.admit(limits);
		if (!admission.go) {
			return { go: false, at: admission.at, reason: reasonOf(limits, admission.at) };
		}
		return {
			go: true,
			report: async (outcome) => await admission.report(wentOf(outcome)),
		};
	} catch (error) {
		if (!isOrchestrationError(error, 'rate_limit_not_found')) throw error;
		return { go: false, at: null, reason: `${error.code}: ${error.message}` };
	}
}

function reasonOf({ circuit, rateLimit }: Limits, at: Date): string {
	const named = [
		...(circuit === null ? [] : [`circuit "${circuit}"`]),
		...(rateLimit === null ? [] : [`rate limit "${rateLimit}"`]),
	];
	return `Held back by ${named.join(' or ')} until ${at.toISOString()}.`;
}

/** One in doubt tells nothing of whom it called. */
function wentOf(outcome: ReplayOutcome | null): 'well' | 'badly' | null {
	if (outcome === null || outcome.status === 'in-doubt') return null;
	return outcome.status === 'success' ? 'well' : 'badly';
}
