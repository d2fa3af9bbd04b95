import { useQuery } from '@tanstack/vue-query';
import { computed, type MaybeRefOrGetter, toValue } from 'vue';
import { api, dataOf } from '../api/client';
import { type Cut, everyPage } from './every-page';

export interface CataloguedWorkflow {
	key: string;
	name: string;
	latestVersion: number | null;
	/** Environment → id there. */
	bindings: Record<string, string>;
}

/** More than this is not searched while somebody types; the palette says so. */
const most = 1000;

/** Every workflow of which a version is kept, by name. */
export function useWorkflowCatalogue(isWanted: MaybeRefOrGetter<boolean> = true) {
	return useQuery({
		queryKey: ['workflow-catalogue'],
		enabled: computed(() => toValue(isWanted)),
		staleTime: 30_000,
		queryFn: async ({ signal }): Promise<Cut<CataloguedWorkflow>> => {
			const { rows, isCut } = await everyPage(
				async (cursor) =>
					await dataOf(
						api.GET('/api/v1/workflows', { params: { query: { limit: 200, cursor } }, signal }),
					),
				most,
			);
			const byName = rows
				.map(({ workflowKey: key, name, latestVersion, bindings }) => ({
					key,
					name,
					latestVersion,
					bindings,
				}))
				.sort((a, b) => a.name.localeCompare(b.name));
			return { rows: byName, isCut };
		},
	});
}
