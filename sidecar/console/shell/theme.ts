import { ref, watchEffect } from 'vue';

export type Theme = 'system' | 'light' | 'dark';

const key = 'theme';
const stored = localStorage.getItem(key);

/** `system` follows what the machine says. */
export const theme = ref<Theme>(stored === 'light' || stored === 'dark' ? stored : 'system');

const system = matchMedia('(prefers-color-scheme: dark)');
const systemIsDark = ref(system.matches);
system.addEventListener('change', ({ matches }) => (systemIsDark.value = matches));

/** What is on screen now: for what draws on a canvas and takes no CSS variables. */
export const isDark = ref(false);

watchEffect(() => {
	const chosen = theme.value;
	isDark.value = chosen === 'system' ? systemIsDark.value : chosen === 'dark';
	if (chosen === 'system') {
		delete document.documentElement.dataset['theme'];
		localStorage.removeItem(key);
	} else {
		document.documentElement.dataset['theme'] = chosen;
		localStorage.setItem(key, chosen);
	}
});

export function switchTheme(): void {
	theme.value = isDark.value ? 'light' : 'dark';
}
