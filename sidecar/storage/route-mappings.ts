import type { Mappings } from '../promotion/promotion';
import type { Outcome } from '../promotion/promotion-store';
import type { Queryable } from './pool';

type Kind = 'credential' | 'workflow' | 'literal';

export async function savedMappings(
	client: Queryable,
	from: string,
	to: string,
): Promise<Mappings> {
	const { rows } = await client.query<{ kind: Kind; source_id: string; target_id: string }>(
		`select route_mappings.kind, route_mappings.source_id, route_mappings.target_id
		from route_mappings
		where route_mappings.from_environment = $1 and route_mappings.to_environment = $2
		order by route_mappings.source_id`,
		[from, to],
	);
	const of = (kind: Kind) =>
		rows.filter((row) => row.kind === kind).map((row) => [row.source_id, row.target_id] as const);
	return {
		credentials: Object.fromEntries(of('credential')),
		workflows: Object.fromEntries(of('workflow')),
		literals: of('literal').map(([id]) => id),
	};
}

/**
 * Remembers for the route of a promotion what was mapped for it. Which workflow a member of its release is
 * says the binding from now on; an older mapping of it must not speak against that.
 */
export async function saveMappings(
	tx: Queryable,
	promotionId: string,
	{ mappings, by }: Pick<Outcome, 'mappings' | 'by'>,
): Promise<void> {
	const rows: Array<readonly [Kind, string, string]> = [
		...Object.entries(mappings.credentials).map((pair) => ['credential', ...pair] as const),
		...Object.entries(mappings.workflows).map((pair) => ['workflow', ...pair] as const),
		...mappings.literals.map((id) => ['literal', id, id] as const),
	];
	await tx.query(
		`insert into route_mappings (from_environment, to_environment, kind, source_id, target_id,
			created_by)
		select promotions.from_environment, promotions.to_environment, pairs.kind, pairs.source_id,
			pairs.target_id, $5
		from promotions, unnest($2::text[], $3::text[], $4::text[]) as pairs (kind, source_id, target_id)
		where promotions.id = $1
		on conflict (from_environment, to_environment, kind, source_id)
		do update set target_id = excluded.target_id, created_by = excluded.created_by`,
		[
			promotionId,
			rows.map(([kind]) => kind),
			rows.map(([, source]) => source),
			rows.map(([, , target]) => target),
			by,
		],
	);
	await tx.query(
		`delete from route_mappings using promotions, releases,
			json_array_elements(releases.manifest) as entry
		where promotions.id = $1 and releases.id = promotions.release_id
			and route_mappings.from_environment = promotions.from_environment
			and route_mappings.to_environment = promotions.to_environment
			and route_mappings.kind = 'workflow'
			and (route_mappings.source_id = entry ->> 'workflowId'
				or route_mappings.target_id = 'create')`,
		[promotionId],
	);
}
