import type { Clock } from './clock';

/** What another replica changed is seen after this long. */
const rememberedForMs = 1_000;
/** More are forgotten and loaded again. */
const mostRemembered = 1_000;

export interface Remembered<Value> {
	/** Rejects as `load` does; a failure is not remembered. */
	of(name: string): Promise<Value>;
	/** Something of it was changed here. */
	forget(): void;
}

/** Spares a load for every call of a busy caller: what was loaded is remembered for a second by its name. */
export function remembered<Value>(
	load: (name: string) => Promise<Value>,
	clock: Pick<Clock, 'now'>,
): Remembered<Value> {
	const known = new Map<string, { from: number; value: Promise<Value> }>();
	return {
		of: async (name) => {
			const now = clock.now().getTime();
			const recent = known.get(name);
			// A clock that was set back must not keep it.
			const age = recent ? now - recent.from : -1;
			if (recent && age >= 0 && age < rememberedForMs) return await recent.value;
			if (known.size >= mostRemembered) known.clear();
			const loading = { from: now, value: load(name) };
			known.set(name, loading);
			try {
				return await loading.value;
			} catch (error) {
				if (known.get(name) === loading) known.delete(name);
				throw error;
			}
		},
		forget: () => known.clear(),
	};
}
