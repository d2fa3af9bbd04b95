import type { AcceptPorts } from '../dead-letters/accept-letter';
import { completeLetters } from '../dead-letters/complete-letters';
import { keepFailure } from '../dead-letters/keep-failure';
import type { Engine } from '../engines/engine';
import type { Environment } from '../environments/environment';
import { followFailures } from '../executions/follow-failures';
import type { FollowStore } from '../executions/follow-position';
import { isOrchestrationError } from '../kernel/errors';
import type { Log } from '../monitoring/log';
import type { VersionStore } from '../workflow-versions/version-store';
import type { Job } from './job';

export interface FollowDependencies extends AcceptPorts {
	versions: VersionStore;
	environments(): Promise<Environment[]>;
	engineOf(environment: string): Promise<Engine>;
	positions: FollowStore;
	log: Log;
	everySeconds: number;
}

/** More than the overlap of two looks, by far. */
const seenAtMost = 10_000;

/** Watches the executions of every environment that wants it and keeps what failed. */
export function followEnvironments(dependencies: FollowDependencies): Job {
	const seen = new Map<string, Set<string>>();
	const troubles = new Map<string, string>();
	return {
		name: 'follow',
		everySeconds: dependencies.everySeconds,
		run: async () => {
			const environments = await dependencies.environments();
			await Promise.all(
				environments.map(async (environment) => {
					const known = seen.get(environment.name) ?? new Set<string>();
					seen.set(environment.name, known.size > seenAtMost ? new Set() : known);
					await followOne(dependencies, environment, known, troubles);
				}),
			);
		},
	};
}

/** One environment that is away does not hold up the others, and is told once, not every round. */
async function followOne(
	dependencies: FollowDependencies,
	environment: Environment,
	seen: Set<string>,
	troubles: Map<string, string>,
): Promise<void> {
	const { name } = environment;
	try {
		const engine = await dependencies.engineOf(name);
		await completeLetters(dependencies, name, engine);
		if (environment.deadLetters.follow) {
			const ports = {
				positions: dependencies.positions,
				clock: dependencies.clock,
				onFailure: async (execution: Parameters<typeof keepFailure>[3]) =>
					await keepFailure(dependencies, environment, engine, execution),
			};
			await followFailures(ports, name, engine, seen);
		}
		if (troubles.delete(name)) {
			dependencies.log.info({ environment: name }, 'the environment can be followed again');
		}
	} catch (error) {
		if (!isOrchestrationError(error)) throw error;
		if (troubles.get(name) === error.code) return;
		troubles.set(name, error.code);
		dependencies.log.warn(
			{ environment: name, code: error.code, reason: error.message },
			'the environment cannot be followed now; nothing is lost, it is caught up with later',
		);
	}
}
