import type { WorkflowDefinitions } from '../engines/port/definitions';
import type { Engine } from '../engines/port/engine';
import type { EngineWorkflow } from '../engines/port/workflow';
import type { Environment } from '../environments/environment';
import type { Clock } from '../kernel/clock';
import { OrchestrationError } from '../kernel/errors';
import type { NewId } from '../kernel/ids';
import type { BindingStore } from '../workflow-versions/binding-store';
import type { KeepRequest } from '../workflow-versions/snapshot';
import type { WorkflowVersion } from '../workflow-versions/version';
import type { VersionStore } from '../workflow-versions/version-store';
import type { DirectChangeStore } from './direct-change-store';

export interface DirectPorts {
	/** @throws environment_not_found */
	environmentOf(name: string): Promise<Environment>;
	engineOf(environment: string): Promise<Engine>;
	versions: Pick<VersionStore, 'find'> & Pick<BindingStore, 'bind' | 'findKey'>;
	/** Keeps a workflow that was read as a version. */
	keepVersion(request: KeepRequest, workflow: EngineWorkflow): Promise<WorkflowVersion>;
	changes: DirectChangeStore;
	/** Id of the promotion that is writing to the environment. */
	promotionUnderWay(environment: string): Promise<string | null>;
	/**
	 * Does the work while no other sidecar changes the same workflow.
	 * @throws workflow_busy
	 */
	alone<Result>(
		environment: string,
		workflowId: string,
		work: () => Promise<Result>,
	): Promise<Result>;
	clock: Clock;
	newId: NewId;
}

/** Somebody asks for a change past the promotions. */
export interface DirectRequest {
	environment: string;
	/** Why a protected environment is changed all the same. */
	breakGlass: string | null;
	actor: string;
}

/**
 * @throws environment_not_found, environment_protected, promotion_environment_busy, capability_missing
 */
export async function admitted(
	ports: DirectPorts,
	{ environment, breakGlass }: DirectRequest,
): Promise<WorkflowDefinitions> {
	const { protected: isProtected, engine } = await ports.environmentOf(environment);
	if (isProtected && breakGlass === null) {
		throw new OrchestrationError(
			'environment_protected',
			`${environment} is protected: it changes through promotions. In an emergency send {"breakGlass": "<why>"}; it is written into the audit log.`,
			{ details: { environment } },
		);
	}
	const { definitions } = await ports.engineOf(environment);
	if (!definitions) {
		throw new OrchestrationError(
			'capability_missing',
			`Workflows of ${environment} cannot be changed: on ${engine} they are code of your own. Ask an environment whose engine is n8n.`,
			{ details: { environment, engine } },
		);
	}
	const promotion = await ports.promotionUnderWay(environment);
	if (promotion === null) return definitions;
	throw new OrchestrationError(
		'promotion_environment_busy',
		`Promotion ${promotion} is writing to ${environment}. Try again when it has ended.`,
		{ details: { environment, promotion, retryAfterMs: 2_000 } },
	);
}

/** @throws workflow_edited */
export function edited(
	workflow: EngineWorkflow,
	moved: string[],
	author: string | null,
): OrchestrationError {
	const { id, content, draftVersionId } = workflow;
	const who = author ? ` by ${author}` : '';
	return new OrchestrationError(
		'workflow_edited',
		`Workflow "${content.name}" (${id}) ${moved.join(' and ')}${who} since you read it. Read it again and make your change on top; nothing of theirs was replaced.`,
		{ details: { workflowId: id, moved, author, draftVersionId } },
	);
}

/** @throws workflow_invalid for an archived one: n8n changes none */
export function assertNotArchived({ id, content, archived }: EngineWorkflow): void {
	if (!archived) return;
	throw new OrchestrationError(
		'workflow_invalid',
		`Workflow "${content.name}" (${id}) is archived, and n8n changes no archived workflow. Unarchive it there first.`,
		{ details: { workflowId: id } },
	);
}
