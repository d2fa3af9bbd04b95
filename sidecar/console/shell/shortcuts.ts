import { onMounted, onScopeDispose } from 'vue';
import { useRouter } from 'vue-router';
import { pages } from './pages';

/** How long g waits for its letter. */
const patienceMs = 1500;

/** g then a letter goes to a page, / and Ctrl-K search, ? shows all of it. Not while typing. */
export function useShortcuts(on: { openPalette(): void; openHelp(): void }): void {
	const router = useRouter();
	let goAt = Number.NEGATIVE_INFINITY;
	const listen = (event: KeyboardEvent) => {
		const { key } = event;
		if ((event.ctrlKey || event.metaKey) && key === 'k') {
			event.preventDefault();
			on.openPalette();
			return;
		}
		if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
		if (event.timeStamp - goAt < patienceMs) {
			goAt = Number.NEGATIVE_INFINITY;
			const page = pages.find(({ letter }) => letter === key);
			if (page) void router.push(page.path);
			return;
		}
		if (key === 'g') goAt = event.timeStamp;
		else if (key === '/') {
			event.preventDefault();
			on.openPalette();
		} else if (key === '?') on.openHelp();
	};
	onMounted(() => window.addEventListener('keydown', listen));
	onScopeDispose(() => window.removeEventListener('keydown', listen));
}

function isTyping(target: EventTarget | null): boolean {
	return (
		target instanceof HTMLElement &&
		(target.isContentEditable || target.closest('input, textarea, select, dialog') !== null)
	);
}
