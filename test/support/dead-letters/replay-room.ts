import type { InBackground, ReplayPorts } from '../../../sidecar/dead-letters/replay-ports';
import type { Environment } from '../../../sidecar/environments/environment';
import { newId } from '../../../sidecar/kernel/ids';
import { newTraceparent } from '../../../sidecar/kernel/traceparent';
import { createDeadLetterStore } from '../../../sidecar/storage/dead-letter-store';
import { createEnvironmentStore } from '../../../sidecar/storage/environment-store';
import { createVersionStore } from '../../../sidecar/storage/version-store';
import { movingClock, type MovingClock } from '../moving-clock';
import { freshDatabase, type FreshDatabase } from '../postgres/fresh-database';
import { fakeEngine, refusal, type FakeEngine } from './fake-engine';
import { environmentNamed, noon } from './letters';

/** Dead letters on a real database and an engine that does what it is told. */
export interface ReplayRoom {
	ports: ReplayPorts & InBackground & { clock: MovingClock };
	database: FreshDatabase;
	/** Of one environment; an environment that is not known has none. */
	engines: Map<string, FakeEngine>;
	environments: Map<string, Environment>;
	/** Waits for the work in the background; gives what went wrong in it. */
	settled(): Promise<unknown[]>;
	/** As if every process that holds a replay had died long ago. */
	letLeasesRunOut(): Promise<void>;
	empty(): Promise<void>;
}

export async function replayRoom(...names: string[]): Promise<ReplayRoom> {
	const database = await freshDatabase();
	const environments = new Map<string, Environment>();
	const engines = new Map<string, FakeEngine>();
	for (const name of names) {
		const environment = environmentNamed(name, { baseDelayMs: 60_000, maxAttempts: 3 });
		environments.set(name, await createEnvironmentStore(database.pool).put(environment));
		engines.set(name, fakeEngine());
	}
	const background: Array<Promise<unknown>> = [];
	const of = <Value>(map: Map<string, Value>, name: string): Value => {
		const found = map.get(name);
		if (found === undefined) throw refusal('environment_not_found');
		return found;
	};
	return {
		database,
		environments,
		engines,
		ports: {
			letters: createDeadLetterStore(database.pool),
			versions: createVersionStore(database.pool),
			environmentOf: async (name) => of(environments, name),
			engineOf: async (name) => of(engines, name),
			contentIn: async ({ content }) => content,
			clock: movingClock(noon.toISOString()),
			newId,
			random: () => 0,
			newTraceparent,
			owner: 'this process',
			inBackground: (work) => background.push(work),
		},
		settled: async () => {
			const ended = await Promise.allSettled(background.splice(0));
			return ended.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []));
		},
		letLeasesRunOut: async () => {
			await database.pool.query(
				"update dead_letters set lease_expires_at = now() - interval '1 second'",
			);
		},
		empty: async () => {
			for (const table of ['letter_executions', 'replays', 'dead_letters']) {
				await database.pool.query(`delete from ${table}`);
			}
			for (const name of engines.keys()) engines.set(name, fakeEngine());
		},
	};
}
