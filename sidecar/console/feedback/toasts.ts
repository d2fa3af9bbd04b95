import { readonly, ref } from 'vue';
import { isProblem } from '../api/problem';

export interface Toast {
	id: number;
	tone: 'good' | 'bad';
	text: string;
	detail?: string;
	/** What can be done about it, e.g. undo. */
	action?: { label: string; run(): void };
}

const goodStaysMs = 6_000;
const list = ref<Toast[]>([]);
let last = 0;

function dismiss(id: number): void {
	list.value = list.value.filter((toast) => toast.id !== id);
}

function show(toast: Omit<Toast, 'id'>): void {
	const id = ++last;
	list.value = [...list.value, { ...toast, id }].slice(-4);
	if (toast.tone === 'good') setTimeout(() => dismiss(id), goodStaysMs);
}

/** Results of what was done. Good news goes by itself; bad news stays until it is closed. */
export function useToasts() {
	return {
		list: readonly(list),
		dismiss,
		done: (text: string, action?: Toast['action']) =>
			show({ tone: 'good', text, ...(action && { action }) }),
		/** `what` as in "Replaying the letter": the toast says that it did not work, and why. */
		failed: (what: string, error: unknown) => {
			const detail = error instanceof Error ? error.message : String(error);
			show({
				tone: 'bad',
				text: `${what} did not work`,
				detail: isProblem(error) ? `${detail} (${error.code})` : detail,
			});
		},
	};
}
