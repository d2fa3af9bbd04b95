import { OrchestrationError } from '../kernel/errors';
import type { Environment } from './environment';
import type { EnvironmentStore } from './environment-store';

/** @throws environment_not_found */
export async function findEnvironment(
	store: Pick<EnvironmentStore, 'find'>,
	name: string,
): Promise<Environment> {
	const environment = await store.find(name);
	if (environment) return environment;
	throw environmentNotFound(name);
}

/** @throws environment_not_found, environment_in_use */
export async function removeEnvironment(
	store: Pick<EnvironmentStore, 'remove'>,
	name: string,
): Promise<void> {
	if (!(await store.remove(name))) throw environmentNotFound(name);
}

export function environmentNotFound(name: string): OrchestrationError {
	return new OrchestrationError(
		'environment_not_found',
		`There is no environment ${name}. GET /api/v1/environments lists them; ` +
			`PUT /api/v1/environments/${name} makes one.`,
		{ details: { environment: name } },
	);
}
