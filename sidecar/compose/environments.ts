import { environmentWorkflowsRoutes } from '../http/environment-workflows-routes';
import { environmentsRoutes } from '../http/environments-routes';
import { tokensRoutes } from '../http/tokens-routes';
import type { Foundation } from './foundation';
import type { Part } from './part';

/** Environments, what is in them, and who may do what. */
export function composeEnvironments(foundation: Foundation): Part {
	const { stores, sealing, addressRules, clock, newId, engineOf } = foundation;
	return {
		routes: [
			...environmentsRoutes({
				store: stores.environments,
				sealing,
				addressRules,
				clock,
				engineOf,
			}),
			...environmentWorkflowsRoutes({
				store: stores.environments,
				engineOf,
				bindingsIn: async (environment) => await stores.versions.bindingsIn(environment),
			}),
			...tokensRoutes({ store: stores.tokens, clock, newId }),
		],
		jobs: [],
		services: [],
	};
}
