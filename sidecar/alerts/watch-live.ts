import type { WorkflowDefinitions } from '../engines/port/definitions';
import type { Engine } from '../engines/port/engine';
import type { Clock } from '../kernel/clock';
import { productionWebhooks } from '../workflow-versions/webhooks';
import type { LiveWorkflow, LiveWorkflowStore } from './live-workflow';
import type { AlertSignals, SignalScope } from './signals';

export interface WatchLivePorts {
	live: LiveWorkflowStore;
	clock: Clock;
	/** Names of the environments whose workflows are definitions. */
	environments(): Promise<string[]>;
	engineOf(environment: string): Promise<Engine>;
}

type LiveSignals = Pick<AlertSignals, 'missingWebhooks' | 'unpublished' | 'overdueWaits'>;

/** An environment is looked at no more often, however many rules ask. */
const lookedEveryMs = 30_000;
/** Definitions read in one look: what is left comes in the next. */
const readAtOnce = 50;

/**
 * What the engines themselves say of their live workflows. Nothing is asked while no rule wants to know.
 * An environment that is away leaves its rules as they are: nothing is known of it then.
 */
export function watchLive(ports: WatchLivePorts): LiveSignals {
	const looks = new Map<string, { at: number; missing: Promise<Missing[]> }>();
	const look = async (environment: string): Promise<Missing[]> => {
		const now = ports.clock.now().getTime();
		const last = looks.get(environment);
		if (last && now - last.at < lookedEveryMs) return await last.missing;
		const missing = lookAt(ports, environment);
		looks.set(environment, { at: now, missing });
		// What failed is no answer for the next who asks.
		missing.catch(() => looks.delete(environment));
		return await missing;
	};
	const inScope = async ({ environment }: SignalScope) =>
		environment === null ? await ports.environments() : [environment];
	return {
		missingWebhooks: async (scope) => {
			const found = [];
			for (const environment of await inScope(scope)) {
				for (const { workflow, method, path } of await look(environment)) {
					if (scope.workflow !== null && scope.workflow !== workflow.id) continue;
					found.push({ environment, workflow: workflow.id, name: workflow.name, method, path });
				}
			}
			return found;
		},
		unpublished: async ({ withinMs, ...scope }) => {
			const found = [];
			const since = new Date(ports.clock.now().getTime() - withinMs);
			for (const environment of await inScope(scope)) {
				await look(environment);
				for (const { id, name, goneAt } of await ports.live.wentSince(environment, since)) {
					if (scope.workflow !== null && scope.workflow !== id) continue;
					found.push({ environment, workflow: id, name, since: goneAt ?? since });
				}
			}
			return found;
		},
		overdueWaits: async ({ overdueMs, ...scope }) => {
			const found = [];
			const before = new Date(ports.clock.now().getTime() - overdueMs).toISOString();
			for (const environment of await inScope(scope)) {
				const { executions } = await ports.engineOf(environment);
				const workflow = scope.workflow === null ? {} : { workflowId: scope.workflow };
				const waiting = await executions.list({ status: 'waiting', ...workflow });
				const overdue = waiting.filter(({ resumesAt }) => resumesAt && resumesAt < before);
				for (const [id, runs] of Map.groupBy(overdue, ({ workflowId }) => workflowId)) {
					const oldest = runs.at(-1)?.id ?? null;
					found.push({ environment, workflow: id, name: null, runs: runs.length, oldest });
				}
			}
			return found;
		},
	};
}

interface Missing {
	workflow: LiveWorkflow;
	method: string;
	path: string;
}

async function lookAt(ports: WatchLivePorts, environment: string): Promise<Missing[]> {
	const { definitions } = await ports.engineOf(environment);
	if (!definitions) return [];
	await noteChanges(ports, environment, definitions);
	const missing: Missing[] = [];
	for (const workflow of await ports.live.known(environment)) {
		if (workflow.goneAt !== null) continue;
		for (const { method, path } of workflow.webhooks) {
			if (!(await definitions.probeWebhook({ method, path }))) {
				missing.push({ workflow, method, path });
			}
		}
	}
	return missing;
}

async function noteChanges(
	{ live, clock }: WatchLivePorts,
	environment: string,
	definitions: WorkflowDefinitions,
): Promise<void> {
	const listed = new Map((await definitions.list()).map((each) => [each.id, each]));
	const known = new Map((await live.known(environment)).map((each) => [each.id, each]));
	const published = [...listed.values()].filter(({ active, archived }) => active && !archived);
	const changed = published.filter(({ id, liveVersionId }) => {
		const before = known.get(id);
		return !before || before.goneAt !== null || before.liveVersionId !== liveVersionId;
	});
	for (const { id, name } of changed.slice(0, readAtOnce)) {
		const now = (await definitions.get(id)).live;
		if (!now) continue;
		const webhooks = productionWebhooks(now.graph);
		await live.keep(environment, { id, name, liveVersionId: now.versionId, webhooks });
	}
	const isThere = (id: string) => listed.get(id)?.archived === false;
	const lost = [...known.keys()].filter((id) => !listed.get(id)?.active || !isThere(id));
	await live.forget(
		environment,
		lost.filter((id) => !isThere(id)),
	);
	await live.gone(environment, lost.filter(isThere), clock.now());
}
