/** Longer than the tolerance of signatures and than the first retries of a lost answer. */
const REMEMBERED_MS = 15 * 60_000;
const MOST_EVENTS = 20_000;

export type Sight = 'new' | 'being-taken' | 'taken';

/** Events this process has taken in, for a while; gone at restart, and each process has its own. */
export class SeenEvents {
	/** By key: when it was taken, or Infinity while that is not sure yet. */
	readonly #events = new Map<string, number>();

	/** Claims an event; what is new must be settled. */
	begin(key: string, nowMs: number): Sight {
		const known = this.#events.get(key);
		if (known === Infinity) return 'being-taken';
		if (known !== undefined && nowMs - known < REMEMBERED_MS) return 'taken';
		this.#events.delete(key);
		this.#events.set(key, Infinity);
		const oldest = this.#events.keys().next();
		if (this.#events.size > MOST_EVENTS && !oldest.done) this.#events.delete(oldest.value);
		return 'new';
	}

	/** Not taken: n8n could not start the workflow, and the event may come again. */
	settle(key: string, taken: boolean, nowMs: number): void {
		if (taken) this.#events.set(key, nowMs);
		else this.#events.delete(key);
	}
}
