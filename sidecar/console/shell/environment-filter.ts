import { ref, watch } from 'vue';

const key = 'environment';

/** What all lists are narrowed to; null: every environment. Kept for the tab. */
export const environmentFilter = ref<string | null>(sessionStorage.getItem(key));

watch(environmentFilter, (name) => {
	if (name === null) sessionStorage.removeItem(key);
	else sessionStorage.setItem(key, name);
});
