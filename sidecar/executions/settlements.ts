import type { Clock } from '../kernel/clock';
import { isSettled, type Execution } from './execution';
import type { ExecutionStore } from './execution-store';

/** Somebody who wants to know when an execution is settled. */
export interface SettledHook {
	/** Whether it is told of this one; pure, by what never changes. */
	concerns(execution: Execution): boolean;
	/** At least once, also after a restart: do it so that twice is once. */
	tell(execution: Execution): Promise<void>;
}

export interface Settlements {
	/** Tells those who wait in this process, and the hooks. Never rejects for a hook: it is told again. */
	settled(execution: Execution): Promise<void>;
	isAwaited(execution: Execution): boolean;
	/** Resolves when the execution is settled, or the time is over, with how it stands then. */
	wait(execution: Execution, ms: number, signal: AbortSignal): Promise<Execution>;
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
	const waiting = new Map<string, Set<() => void>>();
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
		settled: async (before) => {
			for (const wake of waiting.get(before.id) ?? []) wake();
			if (!hooks.some((hook) => hook.concerns(before))) return;
			const execution = await executions.find(before.id);
			if (execution) await tell(execution);
		},
		wait: async (execution, ms, signal) => {
			const { id } = execution;
			const until = clock.now().getTime() + ms;
			const wakers = waiting.get(id) ?? new Set();
			waiting.set(id, wakers);
			let wake: () => void = () => undefined;
			const told = new Promise<void>((resolve) => (wake = resolve));
			wakers.add(wake);
			try {
				let seen = execution;
				for (;;) {
					const left = until - clock.now().getTime();
					if (isSettled(seen.status) || left <= 0 || signal.aborted) return seen;
					const enough = new AbortController();
					const either = AbortSignal.any([signal, enough.signal]);
					const pause = clock.sleep(Math.min(lookEveryMs, left), either).catch(() => undefined);
					await Promise.race([told, pause]);
					enough.abort();
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
