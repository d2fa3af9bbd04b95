import { useInfiniteQuery } from '@tanstack/vue-query';
import { computed, type MaybeRefOrGetter, reactive, toValue } from 'vue';
import { refreshMs } from '../api/queries';

interface Page<Row> {
	data: Row[];
	nextCursor: string | null;
}

/**
 * A list of the API, page after page as it is scrolled.
 *
 *     const letters = usePagedList(
 *         () => ['dead-letters', filter.value],
 *         (cursor, signal) => dataOf(api.GET('/api/v1/dead-letters', {
 *             params: { query: { ...filter.value, limit: 100, cursor } }, signal })),
 *     );
 *     <DataTable :list="letters" :columns="columns" … />
 *
 * While only the first page is there it is asked for again by itself; who has scrolled on is left in peace.
 */
export function usePagedList<Row>(
	key: () => readonly unknown[],
	read: (cursor: string | undefined, signal: AbortSignal) => Promise<Page<Row>>,
	options: { isWanted?: MaybeRefOrGetter<boolean>; refreshes?: boolean } = {},
) {
	const query = useInfiniteQuery({
		queryKey: computed(key),
		enabled: computed(() => toValue(options.isWanted ?? true)),
		initialPageParam: undefined as string | undefined,
		queryFn: async ({ pageParam, signal }) => await read(pageParam, signal),
		getNextPageParam: (last: Page<Row>) => last.nextCursor ?? undefined,
		placeholderData: (before) => before,
		refetchInterval: (asked) =>
			options.refreshes !== false && (asked.state.data?.pages.length ?? 0) <= 1 ? refreshMs : false,
	});
	return reactive({
		rows: computed((): Row[] => query.data.value?.pages.flatMap(({ data }) => data) ?? []),
		isPending: query.isPending,
		/** Rows of another filter are shown until the new ones are there. */
		isStale: query.isPlaceholderData,
		error: query.error,
		hasMore: query.hasNextPage,
		isLoadingMore: query.isFetchingNextPage,
		loadMore: async () => {
			if (query.hasNextPage.value && !query.isFetchingNextPage.value) await query.fetchNextPage();
		},
		refetch: query.refetch,
	});
}

export type PagedList<Row> = ReturnType<typeof usePagedList<Row>>;
