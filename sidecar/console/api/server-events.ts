import { onScopeDispose, ref, watchEffect } from 'vue';

/**
 * Follows an event stream of the sidecar while the component is there. The browser connects again by
 * itself and says where it was (Last-Event-ID). A null address: nothing to follow.
 */
export function useServerEvents<Data>(
	address: () => string | null,
	onEvent: (data: Data, name: string) => void,
	names: readonly string[] = ['message'],
) {
	const isConnected = ref(false);
	let source: EventSource | null = null;
	const close = () => {
		source?.close();
		source = null;
		isConnected.value = false;
	};
	watchEffect(() => {
		close();
		const at = address();
		if (at === null) return;
		source = new EventSource(at);
		source.onopen = () => (isConnected.value = true);
		source.onerror = () => (isConnected.value = false);
		for (const name of names) {
			source.addEventListener(name, (event: MessageEvent<string>) => {
				onEvent(JSON.parse(event.data) as Data, name);
			});
		}
	});
	onScopeDispose(close);
	return { isConnected };
}
