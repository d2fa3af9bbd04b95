import { onScopeDispose, type Ref, ref, watch } from 'vue';

/** The value once it has rested for `ms`, default 250: what somebody types is not asked for letter by letter. */
export function useDebounced<Value>(source: Ref<Value>, ms = 250): Readonly<Ref<Value>> {
	const settled = ref(source.value) as Ref<Value>;
	let timer: ReturnType<typeof setTimeout> | undefined;
	watch(source, (value) => {
		clearTimeout(timer);
		timer = setTimeout(() => (settled.value = value), ms);
	});
	onScopeDispose(() => clearTimeout(timer));
	return settled;
}
