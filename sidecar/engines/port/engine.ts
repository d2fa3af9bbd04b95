import { OrchestrationError } from '../../kernel/errors';
import type { WorkflowDefinitions } from './definitions';
import type { Executions } from './executions';
import type { Rehearsals } from './rehearsals';

/**
 * The engine port: what the product needs of whatever runs workflows. One adapter a folder below.
 * A verb that an engine cannot do is absent and told by `check()`, never faked.
 * Every method throws `OrchestrationError` with an `engine_*` code when the engine cannot be asked.
 */
export interface Engine {
	/** Says what the instance can do and what is missing. Never throws for a missing right: it reports it. */
	check(): Promise<EngineCheck>;
	readonly executions: Executions;
	/** Absent where workflows are code of the team's own (Temporal). */
	readonly definitions?: WorkflowDefinitions;
	/** Absent where nothing of a workflow can be kept from reaching outside. */
	readonly rehearsals?: Rehearsals;
}

/** @throws capability_missing when workflows of the environment are not definitions of its engine */
export function requireDefinitions(engine: Engine, environment: string): WorkflowDefinitions {
	if (engine.definitions) return engine.definitions;
	throw new OrchestrationError(
		'capability_missing',
		`The engine of environment ${environment} keeps no workflow definitions: there workflows are code of your own, so there is nothing to read, version or promote. Name an environment whose engine is n8n.`,
		{ details: { environment } },
	);
}

export interface EngineCheck {
	reachable: boolean;
	/** True when everything the sidecar needs is there. */
	ok: boolean;
	/** Version of the engine where it says so. */
	version: string | null;
	/** One entry per thing looked at: a right, an endpoint, a feature. */
	findings: Array<{
		name: string;
		ok: boolean;
		/** What it means and what to do next. */
		message: string;
	}>;
}
