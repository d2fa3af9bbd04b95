import type { Mappings } from '../promotion/promotion';
import type { PromotionStore } from '../promotion/promotion-store';
import type { Queryable } from './pool';

export async function savedMappings(
	client: Queryable,
	from: string,
	to: string,
): Promise<Mappings> {
	const { rows } = await client.query<{
		kind: 'credential' | 'workflow';
		source_id: string;
		target_id: string;
	}>(
		`select route_mappings.kind, route_mappings.source_id, route_mappings.target_id
		from route_mappings
		where route_mappings.from_environment = $1 and route_mappings.to_environment = $2`,
		[from, to],
	);
	const of = (kind: 'credential' | 'workflow') =>
		Object.fromEntries(
			rows.filter((row) => row.kind === kind).map((row) => [row.source_id, row.target_id]),
		);
	return { credentials: of('credential'), workflows: of('workflow'), literals: [] };
}

export async function saveMappings(
	client: Queryable,
	...[from, to, mappings, by]: Parameters<PromotionStore['saveMappings']>
): Promise<void> {
	const rows = [
		...Object.entries(mappings.credentials).map((pair) => ['credential', ...pair] as const),
		...Object.entries(mappings.workflows).map((pair) => ['workflow', ...pair] as const),
	];
	await client.query(
		`insert into route_mappings (from_environment, to_environment, kind, source_id, target_id,
			created_by)
		select $1, $2, pairs.kind, pairs.source_id, pairs.target_id, $6
		from unnest($3::text[], $4::text[], $5::text[]) as pairs (kind, source_id, target_id)
		on conflict (from_environment, to_environment, kind, source_id)
		do update set target_id = excluded.target_id, created_by = excluded.created_by`,
		[
			from,
			to,
			rows.map(([kind]) => kind),
			rows.map(([, source]) => source),
			rows.map(([, , target]) => target),
			by,
		],
	);
}
