import type { CompletePorts } from '../dead-letters/complete-letter';
import { completeLetters } from '../dead-letters/complete-letters';
import { keepFailure } from '../dead-letters/keep-failure';
import type { Engine } from '../engines/port/engine';
import type { ExecutionDetail } from '../engines/port/execution';
import type { Environment } from '../environments/environment';
import { copyRunning, withTrigger, type TriggerCopies } from '../executions/copy-running';
import { followFailures } from '../executions/follow-failures';
import type { ExecutionStore } from '../executions/execution-store';
import type { FollowStore } from '../executions/follow-position';
import type { OnTrouble } from '../executions/history-ports';
import { lookAtOpen, type OpenLook } from '../executions/list-executions';
import { isOrchestrationError } from '../kernel/errors';
import type { Log } from '../monitoring/log';
import type { Job } from './job';

export type FollowDependencies = CompletePorts & {
	environments(): Promise<Environment[]>;
	engineOf(environment: string): Promise<Engine>;
	positions: FollowStore;
	copies: TriggerCopies;
	/** Keeps what ran. */
	history?: {
		follow(
			environment: Environment,
			engine: Engine,
			onTrouble: OnTrouble,
			asked?: OpenLook,
		): Promise<void>;
		/** A failure that is read here anyway. */
		keepFailed(environment: string, engine: Engine, execution: ExecutionDetail): Promise<void>;
	};
	/** What was cut off and is ours: its own look comes at once. */
	ownRuns?: Pick<ExecutionStore, 'lookAtCrashed' | 'lookAtGone'>;
	log: Log;
	everySeconds: number;
};

/** More than the overlap of two looks, by far. */
const seenAtMost = 10_000;

/**
 * Rest after a look for each execution that is under way, in milliseconds: a list of thousands that wait
 * costs an engine a quarter of a millisecond each, and so a fortieth of its time.
 */
const restEachMs = 10;
/** From one look to the next, in milliseconds, so that whoever crashed is found within a minute. */
const lookWithinMs = 20_000;

/** A round takes no longer, in milliseconds; an environment that does is not waited for. */
const patienceMs = 5_000;

/** Watches the executions of every environment that wants it and keeps what failed. */
export function followEnvironments(dependencies: FollowDependencies): Job {
	const { clock, log } = dependencies;
	// A rest ends between two rounds, and the look is made in the one after it.
	const restAtMostMs = Math.max(0, lookWithinMs - dependencies.everySeconds * 1000);
	const seen = new Map<string, Set<string>>();
	const troubles = new Map<string, string>();
	const underWay = new Map<string, Promise<void>>();
	const restsUntil = new Map<string, number>();
	const look = async (environment: Environment) => {
		const known = seen.get(environment.name) ?? new Set<string>();
		if (known.size > seenAtMost) known.clear();
		seen.set(environment.name, known);
		const began = clock.now().getTime();
		try {
			const open = await followOne(dependencies, environment, known, troubles);
			restsUntil.set(environment.name, began + Math.min(restAtMostMs, open * restEachMs));
		} catch (error) {
			log.error({ environment: environment.name, err: error }, 'a look at an environment failed');
		} finally {
			underWay.delete(environment.name);
		}
	};
	return {
		name: 'follow',
		everySeconds: dependencies.everySeconds,
		run: async () => {
			for (const environment of await dependencies.environments()) {
				// One that hangs is not looked at twice at once.
				if (underWay.has(environment.name)) continue;
				if (clock.now().getTime() < (restsUntil.get(environment.name) ?? 0)) continue;
				underWay.set(environment.name, look(environment));
			}
			const enough = new AbortController();
			const patience = clock.sleep(patienceMs, enough.signal).catch(() => undefined);
			await Promise.race([Promise.all(underWay.values()), patience]);
			enough.abort();
		},
	};
}

/**
 * One environment that is away does not hold up the others, and is told once, not every round.
 * @returns how many executions are under way in it, as far as they were asked for
 */
async function followOne(
	dependencies: FollowDependencies,
	environment: Environment,
	seen: Set<string>,
	troubles: Map<string, string>,
): Promise<number> {
	const { name } = environment;
	let look: OpenLook | undefined;
	const onTrouble: OnTrouble = (executionId, error) => {
		tellOnce(dependencies, environment, executionId, error, troubles);
	};
	try {
		const engine = await dependencies.engineOf(name);
		if (!engine.executions.changedSince) look = await lookAtOpen(engine);
		if (environment.deadLetters.follow) {
			const ports = {
				positions: dependencies.positions,
				clock: dependencies.clock,
				onFailure: async (execution: ExecutionDetail) => {
					const { status, traceparent } = execution;
					if (status === 'crashed' && traceparent !== null) {
						await dependencies.ownRuns?.lookAtCrashed(name, traceparent);
					}
					// First, so that whoever finds the letter finds the execution too; but no letter waits for it.
					await dependencies.history
						?.keepFailed(name, engine, execution)
						.catch((error: unknown) => onTrouble(execution.id, error));
					const whole = await withTrigger(dependencies.copies, name, execution);
					return await keepFailure(dependencies, environment, engine, whole);
				},
				onGone: async (executionId: string) => {
					await dependencies.ownRuns?.lookAtGone(name, executionId);
				},
				onTrouble,
			};
			await followFailures(ports, environment, engine, seen, look);
		}
		await dependencies.history?.follow(environment, engine, onTrouble, look);
		await completeLetters(dependencies, name, engine);
		const { copies } = dependencies;
		if (look) await copyRunning({ copies, onTrouble }, name, engine, look.running());
		if (troubles.delete(name)) {
			dependencies.log.info({ environment: name }, 'the environment can be followed again');
		}
		return look?.counted() ?? 0;
	} catch (error) {
		if (!isOrchestrationError(error)) throw error;
		if (troubles.get(name) === error.code) return 0;
		troubles.set(name, error.code);
		dependencies.log.warn(
			{ environment: name, code: error.code, reason: error.message },
			'the environment cannot be followed now; nothing is lost, it is caught up with later',
		);
		return 0;
	}
}

/** What cannot be read is tried again each round, and told once. */
function tellOnce(
	{ log }: FollowDependencies,
	{ name }: Environment,
	executionId: string,
	error: unknown,
	troubles: Map<string, string>,
): void {
	const key = `${name}/${executionId}`;
	if (troubles.has(key)) return;
	troubles.set(key, '');
	log.error(
		{ environment: name, executionId, err: error },
		'an execution cannot be read or kept yet',
	);
}
