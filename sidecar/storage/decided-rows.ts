import { type Settled, combineCalls } from '../kernel/combine-calls';
import type { Decide, DecidedRows } from '../kernel/decide';
import { chain } from './decision-chain';
import type { FleetTime } from './fleet-time';
import { type Kept, type RowTable, rowQueries } from './row-queries';
import type { Pool } from './queryable';
import { recentMap } from './recent-map';
import { transaction } from './transaction';

/** After this many lost races in a row a batch waits its turn for the row instead. */
const races = 3;
/** Keys whose rows are remembered. */
const mostRemembered = 10_000;

type AnyDecide<Row> = Decide<Row, unknown>;

/**
 * Decisions on rows of Postgres. Calls of this process on one key are combined; a batch is decided
 * here on the row as we last saw it, and kept with one statement that changes the row only if nobody
 * else did (its version tells). Who loses decides again on what the winner left. A batch that changes
 * nothing only makes sure that the row is still the same.
 */
export function createDecidedRows<Row>(
	pool: Pool,
	table: RowTable<Row>,
	time: FleetTime,
): DecidedRows<Row> {
	const queries = rowQueries(table, time);
	const remembered = recentMap<Kept<Row>>(mostRemembered);

	const remember = (key: string, kept: Kept<Row> | null): Kept<Row> | null => {
		if (kept) remembered.set(key, kept);
		else remembered.delete(key);
		return kept;
	};

	const perform = async (
		key: string,
		decides: ReadonlyArray<AnyDecide<Row>>,
	): Promise<Array<Settled<unknown>>> => {
		let fresh = false;
		let kept = remembered.get(key) ?? null;
		for (let lost = 0; lost < races;) {
			const now = time.now();
			if (now === null || !kept) {
				kept = remember(key, await queries.find(pool, key));
				fresh = true;
			}
			const { row, settled } = chain(decides, kept?.row ?? null, time.now() ?? 0);
			if (row === null || row === kept?.row) {
				if (fresh) return settled;
				const current = remember(key, await queries.find(pool, key));
				if (current?.version === kept?.version) return settled;
				kept = current;
				fresh = true;
				continue;
			}
			const version = await queries.keep(pool, key, row, kept);
			if (version !== null) {
				remember(key, { row, version });
				return settled;
			}
			lost += 1;
			kept = remember(key, await queries.find(pool, key));
			fresh = true;
		}
		return await waitTurn(key, decides);
	};

	const waitTurn = async (key: string, decides: ReadonlyArray<AnyDecide<Row>>) =>
		await transaction(pool, async (tx) => {
			const kept = await queries.lock(tx, key);
			const now = time.now() ?? (await queries.timeOf(tx));
			const { row, settled } = chain(decides, kept?.row ?? null, now);
			if (row !== null && row !== kept?.row) await queries.write(tx, key, row, kept);
			remembered.delete(key);
			return settled;
		});

	const combined = combineCalls<AnyDecide<Row>, unknown>(perform);
	return {
		decide: async <Answer>(key: string, decide: Decide<Row, Answer>) =>
			(await combined(key, decide)) as Answer,
		find: async (key) => await queries.show(pool, key),
		list: async (page) => await queries.list(pool, page),
	};
}
