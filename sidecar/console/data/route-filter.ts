import { computed, type WritableComputedRef } from 'vue';
import { useRoute, useRouter } from 'vue-router';

/** A filter that stands in the address, so that a link leads to the same rows. Empty: none. */
export function useRouteFilter(name: string): WritableComputedRef<string> {
	const route = useRoute();
	const router = useRouter();
	return computed({
		get: () => {
			const value = route.query[name];
			return typeof value === 'string' ? value : '';
		},
		set: (value) => {
			const { [name]: _before, ...others } = route.query;
			void router.replace({ query: value === '' ? others : { ...others, [name]: value } });
		},
	});
}
