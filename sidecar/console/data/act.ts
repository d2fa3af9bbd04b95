import { useQueryClient } from '@tanstack/vue-query';
import { ref } from 'vue';
import { useToasts } from '../feedback/toasts';

/**
 * Does something at the sidecar: one thing at a time, what fails is told, and lists that may have
 * changed are asked for again.
 *
 *     const { act, isBusy } = useAct();
 *     const done = await act('Discarding the letter', () => discard(id), [['dead-letters']]);
 *     if (done) toasts.done('Discarded');
 */
export function useAct() {
	const toasts = useToasts();
	const queries = useQueryClient();
	const isBusy = ref(false);
	const act = async <Result>(
		what: string,
		work: () => Promise<Result>,
		stale: ReadonlyArray<readonly string[]> = [],
	): Promise<{ result: Result } | null> => {
		if (isBusy.value) return null;
		isBusy.value = true;
		try {
			return { result: await work() };
		} catch (error) {
			toasts.failed(what, error);
			return null;
		} finally {
			isBusy.value = false;
			for (const queryKey of stale) void queries.invalidateQueries({ queryKey });
		}
	};
	return { act, isBusy };
}
