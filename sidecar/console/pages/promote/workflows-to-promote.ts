import { useQuery } from '@tanstack/vue-query';
import { computed, type Ref } from 'vue';
import { api, dataOf } from '../../api/client';
import { everyPage } from '../../data/every-page';
import { useDebounced } from '../../time/debounced';

/** Up to here all are read at once, and what is typed is looked for without asking again. */
const most = 2000;

/** The workflows of an environment; where they are too many, also those whose name holds what is typed. */
export function useWorkflowsToPromote(environment: Ref<string>, typed: Ref<string>) {
	const all = useQuery({
		queryKey: computed(() => ['every-workflow-in', environment.value]),
		enabled: computed(() => environment.value !== ''),
		queryFn: async ({ signal }) => await workflowsIn(environment.value, undefined, signal),
	});
	const settled = useDebounced(typed);
	const part = computed(() => settled.value.trim());
	const named = useQuery({
		queryKey: computed(() => ['every-workflow-in', environment.value, { name: part.value }]),
		enabled: computed(() => all.data.value?.isCut === true && part.value !== ''),
		queryFn: async ({ signal }) => await workflowsIn(environment.value, part.value, signal),
	});
	const data = computed(() => {
		if (!all.data.value?.isCut || part.value === '') return all.data.value;
		// A failed search is shown as one, not as a list that lacks something.
		if (named.error.value) return undefined;
		if (!named.data.value) return all.data.value;
		const rows = new Map(
			[...all.data.value.rows, ...named.data.value.rows].map((one) => [one.id, one]),
		);
		return { rows: [...rows.values()], isCut: named.data.value.isCut };
	});
	const error = computed(() => all.error.value ?? named.error.value);
	return { data, error, refetch: async () => await Promise.all([all.refetch(), named.refetch()]) };
}

async function workflowsIn(environment: string, name: string | undefined, signal: AbortSignal) {
	return await everyPage(
		async (cursor) =>
			await dataOf(
				api.GET('/api/v1/environments/{environment}/workflows', {
					params: { path: { environment }, query: { limit: 200, cursor, name } },
					signal,
				}),
			),
		most,
	);
}
