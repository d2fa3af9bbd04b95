import { useQuery } from '@tanstack/vue-query';
import { api, dataOf } from '../api/client';
import type { components } from '../api/schema';
import { type Cut, everyPage } from './every-page';

export type Version = components['schemas']['Version'];

/** Nobody looks further back; the page says that there is more. */
const most = 1000;

/** The versions of a workflow, the newest first; asks nothing without a key. */
export function useVersionsOf(key: string | null) {
	return useQuery({
		queryKey: ['versions', key],
		enabled: key !== null,
		queryFn: async ({ signal }): Promise<Cut<Version>> =>
			await everyPage(
				async (cursor) =>
					await dataOf(
						api.GET('/api/v1/workflows/{key}/versions', {
							params: { path: { key: key ?? '' }, query: { limit: 200, cursor } },
							signal,
						}),
					),
				most,
			),
	});
}
