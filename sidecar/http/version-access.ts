import { OrchestrationError } from '../kernel/errors';
import type { BindingStore } from '../workflow-versions/binding-store';
import type { ReleaseStore } from '../workflow-versions/release-store';
import type { Actor } from './authenticate';

/**
 * A token for one environment may read the versions of workflows that live there.
 * @throws forbidden
 */
export async function requireWorkflow(
	bindings: Pick<BindingStore, 'findBinding'>,
	actor: Actor,
	workflowKey: string,
): Promise<void> {
	if (actor.environment === null) return;
	if (await bindings.findBinding(workflowKey, actor.environment)) return;
	throw outOfReach(actor, `workflow ${workflowKey}, which does not live there`);
}

/**
 * … and the releases made there or planned to go there.
 * @throws forbidden
 */
export async function requireRelease(
	releases: Pick<ReleaseStore, 'concernsEnvironment'>,
	actor: Actor,
	releaseId: string,
): Promise<void> {
	if (actor.environment === null) return;
	if (await releases.concernsEnvironment(releaseId, actor.environment)) return;
	throw outOfReach(actor, `release ${releaseId}, which was neither made there nor promoted to it`);
}

function outOfReach({ name, environment }: Actor, what: string): OrchestrationError {
	return new OrchestrationError(
		'forbidden',
		`The token "${name}" is only for the environment ${environment}, this concerns ${what}. Use one without an environment.`,
		{ details: { expected: environment } },
	);
}
