import type { Engine } from '../engines/port/engine';
import type { Clock } from '../kernel/clock';

/** A name that is not known is asked for no more often than this. */
const askEveryMs = 60_000;

/** Names of workflows, all of an environment with one question; null: it is gone, or not asked yet. */
export function workflowNames(
	clock: Clock,
): (environment: string, workflowId: string, engine: Engine) => Promise<string | null> {
	const known = new Map<string, { askedAt: number; names: Map<string, string> }>();
	return async (environment, workflowId, engine) => {
		const now = clock.now().getTime();
		const recent = known.get(environment);
		const name = recent?.names.get(workflowId);
		if (name !== undefined) return name;
		if (recent && now - recent.askedAt < askEveryMs) return null;
		const listed = (await engine.definitions?.list()) ?? [];
		const names = new Map(listed.map((workflow) => [workflow.id, workflow.name]));
		known.set(environment, { askedAt: now, names });
		return names.get(workflowId) ?? null;
	};
}
