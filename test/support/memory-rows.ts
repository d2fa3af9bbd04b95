import type { Clock } from '../../sidecar/kernel/clock';
import type { DecidedRows } from '../../sidecar/kernel/decide';

/** The pure model: rows in memory, one process alone with its clock. */
export function memoryRows<Row>(clock: Clock): DecidedRows<Row> {
	const rows = new Map<string, { row: Row; updatedAt: Date }>();
	const now = () => clock.now().getTime();
	return {
		decide: async (key, decide) => {
			const before = rows.get(key)?.row ?? null;
			const { row, answer } = decide(before, now());
			if (row !== before) rows.set(key, { row, updatedAt: clock.now() });
			return await Promise.resolve(answer);
		},
		find: async (key) => {
			const found = rows.get(key);
			return await Promise.resolve(found ? { ...found, now: now() } : null);
		},
		list: async ({ limit, after }) =>
			await Promise.resolve(
				[...rows]
					.map(([key, found]) => ({ key, ...found, now: now() }))
					.filter(({ key }) => after === null || key > after)
					.sort((one, other) => (one.key < other.key ? -1 : 1))
					.slice(0, limit),
			),
	};
}
