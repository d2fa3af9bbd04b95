import type { Engine } from '../engines/port/engine';
import type { EntryPoint } from '../engines/port/run';
import type { WorkflowContent } from '../engines/port/workflow';
import type { Clock } from '../kernel/clock';
import { OrchestrationError } from '../kernel/errors';
import type { Execution, Route } from './execution';
import type { DispatchPorts } from './dispatch-ports';

/** How an execution is to be run. */
export interface RunPlan {
	route: Route;
	/** Null: code that the engine knows by the name of the workflow. */
	content: WorkflowContent | null;
	entry: EntryPoint;
}

export interface RunPlans {
	/** @throws workflow_not_found, workflow_invalid, version_not_found, engine_* */
	planOf(execution: Execution): Promise<RunPlan>;
	/** It was not as we thought: look again the next time. */
	forget(execution: Pick<Execution, 'environment' | 'workflowId'>): void;
}

/** What we know of a live workflow is asked for anew after this long. */
const knownForMs = 5_000;
const mostKnown = 2_000;

interface Known {
	until: number;
	content: Promise<WorkflowContent>;
}

/** Looks workflows up without asking the engine each time. */
export function createRunPlans(
	ports: Pick<DispatchPorts, 'engineOf' | 'contentOf'> & { clock: Clock },
): RunPlans {
	const known = new Map<string, Known>();
	const contentOf = async (execution: Execution, engine: Engine): Promise<WorkflowContent> => {
		const { environment, workflowId, wantedVersion } = execution;
		if (wantedVersion !== null) return await ports.contentOf(wantedVersion, environment);
		const key = `${environment} ${workflowId}`;
		const now = ports.clock.now().getTime();
		const recent = known.get(key);
		if (recent && now < recent.until) return await recent.content;
		if (known.size >= mostKnown) known.clear();
		const content = liveContent(engine, environment, workflowId);
		known.set(key, { until: now + knownForMs, content });
		try {
			return await content;
		} catch (error) {
			known.delete(key);
			throw error;
		}
	};
	return {
		planOf: async (execution) => {
			const engine = await ports.engineOf(execution.environment);
			const { entryOfCode } = engine.executions;
			if (entryOfCode) {
				const entry = entryOfCode(execution.workflowId);
				return { route: 'runner', content: null, entry };
			}
			const content = await contentOf(execution, engine);
			const entry = engine.executions.entryOf(content);
			if (!entry) {
				throw new OrchestrationError(
					'workflow_invalid',
					`Workflow "${content.name}" has no trigger that is switched on, so nothing can start it.`,
				);
			}
			return { route: routeOf(execution, entry), content, entry };
		},
		forget: ({ environment, workflowId }) => known.delete(`${environment} ${workflowId}`),
	};
}

/** By its own webhook only where a success leaves a trace that can be found after a crash. */
function routeOf({ wantedVersion, shownInput }: Execution, entry: EntryPoint): Route {
	const isPayload = shownInput !== null && 'payload' in shownInput;
	const byWebhook =
		wantedVersion === null && isPayload && entry.webhook !== null && entry.keepsSuccesses !== false;
	return byWebhook ? 'webhook' : 'runner';
}

async function liveContent(
	engine: Engine,
	environment: string,
	workflowId: string,
): Promise<WorkflowContent> {
	if (!engine.definitions) {
		throw new OrchestrationError(
			'capability_missing',
			`The engine of ${environment} gives no definitions to run; name a version.`,
		);
	}
	const { live, content } = await engine.definitions.get(workflowId);
	if (live) return { ...content, ...live.graph };
	throw new OrchestrationError(
		'engine_conflict',
		`Workflow "${content.name}" is not published in ${environment}, so there is no live version to ` +
			'run. Publish it, or name a version.',
		{ details: { environment, workflowId } },
	);
}
