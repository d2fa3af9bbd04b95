import type { Clock } from '../kernel/clock';
import { isSettled, type Attempt, type Execution } from './execution';
import type { ExecutionStore } from './execution-store';

/** Somebody who wants to know when an execution is settled. */
export interface SettledHook {
	/** Whether it is told of this one; pure, by what never changes. */
	concerns(execution: Execution): boolean;
	/** At least once, also after a restart: do it so that twice is once. */
	tell(execution: Execution): Promise<void>;
}

/** How an execution stands. */
export interface Standing {
	execution: Execution;
	/** The last of its attempts; null: not known without asking. */
	attempt: Attempt | null;
}

export interface Settlements {
	/**
	 * Tells those who wait in this process, and the hooks. Never rejects for a hook: it is told again.
	 * @param attempt the last one, where it is known
	 */
	settled(execution: Execution, attempt?: Attempt): Promise<void>;
	isAwaited(execution: Execution): boolean;
	/** Resolves when the execution is settled, or the time is over, with how it stands then. */
	wait(execution: Execution, ms: number, signal: AbortSignal): Promise<Standing>;
	/** Tells hooks what they were not told; for a job. */
	tellAgain(settledBefore: Date): Promise<void>;
}

/** Another process may settle it: then it is seen at the next look. */
const lookEveryMs = 500;

export function createSettlements(ports: {
	executions: Pick<ExecutionStore, 'find' | 'untold' | 'markTold'>;
	hooks: readonly SettledHook[];
	clock: Clock;
	onTrouble(id: string, error: unknown): void;
}): Settlements {
	const { executions, hooks, clock } = ports;
	const waiting = new Map<string, Set<(standing: Standing) => void>>();
	const tell = async (execution: Execution): Promise<void> => {
		try {
			for (const hook of hooks) if (hook.concerns(execution)) await hook.tell(execution);
			await executions.markTold([execution.id]);
		} catch (error) {
			ports.onTrouble(execution.id, error);
		}
	};
	return {
		isAwaited: (execution) => hooks.some((hook) => hook.concerns(execution)),
		settled: async (execution, attempt) => {
			const standing = { execution, attempt: attempt ?? null };
			for (const wake of waiting.get(execution.id) ?? []) wake(standing);
			if (hooks.some((hook) => hook.concerns(execution))) await tell(execution);
		},
		wait: async (execution, ms, signal) => {
			const { id } = execution;
			const until = clock.now().getTime() + ms;
			const wakers = waiting.get(id) ?? new Set();
			waiting.set(id, wakers);
			let wake: (standing: Standing) => void = () => undefined;
			const told = new Promise<Standing>((resolve) => (wake = resolve));
			wakers.add(wake);
			try {
				let seen = execution;
				for (;;) {
					const left = until - clock.now().getTime();
					if (isSettled(seen.status) || left <= 0 || signal.aborted) {
						return { execution: seen, attempt: null };
					}
					const enough = new AbortController();
					const either = AbortSignal.any([signal, enough.signal]);
					const pause = clock.sleep(Math.min(lookEveryMs, left), either).catch(() => undefined);
					const standing = await Promise.race([told, pause]);
					enough.abort('told');
					if (standing) return standing;
					seen = (await executions.find(id)) ?? seen;
				}
			} finally {
				wakers.delete(wake);
				if (wakers.size === 0) waiting.delete(id);
			}
		},
		tellAgain: async (settledBefore) => {
			for (const execution of await executions.untold(settledBefore, 100)) await tell(execution);
		},
	};
}
