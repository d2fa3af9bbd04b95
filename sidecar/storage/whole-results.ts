import type { WholeResults } from '../executions/whole-results';
import type { Queryable } from './queryable';
import { storedJson } from './stored-text';

export function createWholeResults(db: Queryable): WholeResults {
	return {
		keep: async (executionId, result) => {
			await db.query(
				`insert into whole_results (execution_id, result) values ($1, $2)
				on conflict (execution_id) do update set result = excluded.result`,
				[executionId, storedJson(result)],
			);
		},
		of: async (executionIds, mostBytes) => {
			if ((await sizeOf(db, executionIds)) > mostBytes) return null;
			const { rows } = await db.query<{ id: string; result: unknown }>(
				`select executions.id, coalesce(whole_results.result, executions.result) as result
				from executions left join whole_results on whole_results.execution_id = executions.id
				where executions.id = any ($1)`,
				[executionIds],
			);
			const found = new Map(rows.map(({ id, result }) => [id, result]));
			return executionIds.map((id) => found.get(id) ?? null);
		},
	};
}

async function sizeOf(db: Queryable, executionIds: string[]): Promise<number> {
	const { rows } = await db.query<{ bytes: number }>(
		`select coalesce(sum(octet_length(
			coalesce(whole_results.result, executions.result)::text)), 0)::float8 as bytes
		from executions left join whole_results on whole_results.execution_id = executions.id
		where executions.id = any ($1)`,
		[executionIds],
	);
	return rows[0]?.bytes ?? 0;
}
