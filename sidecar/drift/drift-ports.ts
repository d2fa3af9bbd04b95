import type { WorkflowDefinitions } from '../engines/port/definitions';
import type { Engine } from '../engines/port/engine';
import type { EngineWorkflow } from '../engines/port/workflow';
import type { Environment } from '../environments/environment';
import type { Clock } from '../kernel/clock';
import { OrchestrationError } from '../kernel/errors';
import type { Promotion } from '../promotion/promotion';
import type { BindingStore } from '../workflow-versions/binding-store';
import type { KeepRequest } from '../workflow-versions/snapshot';
import type { WorkflowVersion } from '../workflow-versions/version';
import type { VersionStore } from '../workflow-versions/version-store';
import type { DriftStore } from './drift-store';
import type { GraphPrintOf } from './prints';

export interface DriftPorts {
	drift: DriftStore;
	/** @throws environment_not_found */
	environmentOf(name: string): Promise<Environment>;
	engineOf(environment: string): Promise<Engine>;
	versions: Pick<VersionStore, 'find'> & Pick<BindingStore, 'findKey'>;
	keepVersion(request: KeepRequest, workflow: EngineWorkflow): Promise<WorkflowVersion>;
	/** Id of the promotion that is writing to the environment. */
	promotionUnderWay(environment: string): Promise<string | null>;
	/** Who has paused what, and why: workflow id → words. */
	pausesIn(environment: string): Promise<Map<string, string>>;
	/** Begins a promotion that puts a workflow back to our versions of its draft and of what is live. */
	putBack(request: PutBackRequest): Promise<Promotion>;
	/** Tells whoever listens. */
	emit(event: DriftEvent): Promise<void>;
	/** The next moment of a cron expression in UTC; null for `off`. */
	nextRun(schedule: string): Date | null;
	/** Where an environment has no rule. */
	defaultSchedule: string;
	graphPrintOf: GraphPrintOf;
	clock: Clock;
}

export interface PutBackRequest {
	environment: string;
	workflowKey: string;
	workflowId: string;
	draft: string;
	live: string | null;
	message: string;
	actor: { name: string; role: string };
}

export interface DriftEvent {
	type: 'drift.found' | 'drift.gone';
	environment: string;
	subject: string;
	/** The same for the same drift. */
	dedupId: string;
	data: Record<string, unknown>;
}

/** @throws environment_not_found, capability_missing */
export async function definitionsIn(
	ports: Pick<DriftPorts, 'environmentOf' | 'engineOf'>,
	environment: string,
): Promise<WorkflowDefinitions> {
	const { engine } = await ports.environmentOf(environment);
	const { definitions } = await ports.engineOf(environment);
	if (definitions) return definitions;
	throw new OrchestrationError(
		'capability_missing',
		`Workflows of ${environment} cannot drift: on ${engine} they are code of your own. Ask an environment whose engine is n8n.`,
		{ details: { environment, engine } },
	);
}
