import { useQuery } from '@tanstack/vue-query';
import { api, dataOf } from '../api/client';
import type { components } from '../api/schema';
import { everyPage } from './every-page';

export type Environment = components['schemas']['Environment'];

/** Every environment this person may see, lowest stage first. */
export function useEnvironments() {
	return useQuery({
		queryKey: ['environments'],
		queryFn: async ({ signal }): Promise<Environment[]> => {
			const { rows } = await everyPage(
				async (cursor) =>
					await dataOf(
						api.GET('/api/v1/environments', { params: { query: { limit: 200, cursor } }, signal }),
					),
				Infinity,
			);
			return rows;
		},
		staleTime: 60_000,
	});
}
