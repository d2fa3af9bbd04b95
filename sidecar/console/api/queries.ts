import { QueryClient } from '@tanstack/vue-query';
import { ApiProblem, Unreachable } from './problem';

/** A refusal is an answer: only silence is worth another try. */
export function createQueries(): QueryClient {
	return new QueryClient({
		defaultOptions: {
			queries: {
				staleTime: 5_000,
				retry: (failures, error) =>
					!(error instanceof ApiProblem) && !(error instanceof Unreachable) && failures < 2,
				refetchOnReconnect: true,
				// A sidecar on the same machine is there without a network.
				networkMode: 'always',
			},
			mutations: { networkMode: 'always' },
		},
	});
}

/** How often what is on screen is asked for again, in milliseconds. */
export const refreshMs = 10_000;
