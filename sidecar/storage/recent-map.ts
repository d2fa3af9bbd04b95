export interface RecentMap<Value> {
	get(key: string): Value | undefined;
	set(key: string, value: Value): void;
	delete(key: string): void;
}

/** Keeps the `most` entries that were set last. */
export function recentMap<Value>(most: number): RecentMap<Value> {
	const entries = new Map<string, Value>();
	return {
		get: (key) => entries.get(key),
		set: (key, value) => {
			// A Map gives its keys in the order they were added.
			entries.delete(key);
			entries.set(key, value);
			if (entries.size <= most) return;
			for (const oldest of entries.keys()) {
				entries.delete(oldest);
				break;
			}
		},
		delete: (key) => {
			entries.delete(key);
		},
	};
}
