import { useQuery } from '@tanstack/vue-query';
import { computed } from 'vue';
import { api, dataOf } from '../api/client';
import { refreshMs } from '../api/queries';
import { environmentFilter } from '../shell/environment-filter';

/** The last 24 hours, of what the environment filter says. */
export function useOverview() {
	return useQuery({
		queryKey: computed(() => ['overview', environmentFilter.value]),
		queryFn: async ({ signal }) => {
			const environment = environmentFilter.value ?? undefined;
			return await dataOf(
				api.GET('/api/v1/overview', { params: { query: { environment } }, signal }),
			);
		},
		placeholderData: (before) => before,
		refetchInterval: refreshMs,
	});
}
