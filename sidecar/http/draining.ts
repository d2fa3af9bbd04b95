/** Tells everybody that the server has begun to stop. */
export interface Draining {
	/** Aborted from then on. */
	signal: AbortSignal;
	/** A second call does nothing. */
	begin(): void;
}

export function createDraining(): Draining {
	const controller = new AbortController();
	return {
		signal: controller.signal,
		begin: () => controller.abort(new Error('the server is stopping')),
	};
}
