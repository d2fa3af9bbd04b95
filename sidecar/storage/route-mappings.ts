import type { CredentialRule, Mappings } from '../promotion/promotion';
import type { Outcome } from '../promotion/promotion-store';
import type { Pool, Queryable } from './pool';
import { transaction } from './transaction';

type Kind = 'credential' | 'workflow' | 'literal' | 'data-table';

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
		dataTables: Object.fromEntries(of('data-table')),
		rules: await savedRules(client, from, to),
	};
}

async function savedRules(client: Queryable, from: string, to: string): Promise<CredentialRule[]> {
	const { rows } = await client.query<CredentialRule>(
		`select route_rules.type, route_rules.source, route_rules.target from route_rules
		where route_rules.from_environment = $1 and route_rules.to_environment = $2
		order by route_rules.position`,
		[from, to],
	);
	return rows;
}

type Row = readonly [kind: Kind, source: string, target: string];

function rowsOf(mappings: Mappings): Row[] {
	return [
		...Object.entries(mappings.credentials).map((pair) => ['credential', ...pair] as const),
		...Object.entries(mappings.workflows).map((pair) => ['workflow', ...pair] as const),
		...Object.entries(mappings.dataTables ?? {}).map((pair) => ['data-table', ...pair] as const),
		...mappings.literals.map((id) => ['literal', id, id] as const),
	];
}

/** Makes these the mappings and rules of a route, and no others; of two at once, one comes last whole. */
export async function replaceMappings(
	pool: Pool,
	route: { from: string; to: string },
	mappings: Mappings,
	by: string,
): Promise<void> {
	const { from, to } = route;
	const rows = rowsOf(mappings);
	const rules = mappings.rules ?? [];
	await transaction(pool, async (tx) => {
		await tx.query(`select pg_advisory_xact_lock(hashtextextended($1, 0))`, [
			`route_mappings ${from} ${to}`,
		]);
		await tx.query(
			`delete from route_mappings
			where route_mappings.from_environment = $1 and route_mappings.to_environment = $2`,
			[from, to],
		);
		await tx.query(
			`delete from route_rules
			where route_rules.from_environment = $1 and route_rules.to_environment = $2`,
			[from, to],
		);
		await tx.query(
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
		await tx.query(
			`insert into route_rules (from_environment, to_environment, position, type, source, target,
				created_by)
			select $1, $2, rules.position, rules.type, rules.source, rules.target, $6
			from unnest($3::text[], $4::text[], $5::text[])
				with ordinality as rules (type, source, target, position)`,
			[
				from,
				to,
				rules.map(({ type }) => type),
				rules.map(({ source }) => source),
				rules.map(({ target }) => target),
				by,
			],
		);
	});
}

/** Adds rules that the route does not have yet, after those it has. */
async function addRules(
	tx: Queryable,
	promotionId: string,
	rules: readonly CredentialRule[],
	by: string,
): Promise<void> {
	if (rules.length === 0) return;
	await tx.query(
		`insert into route_rules (from_environment, to_environment, position, type, source, target,
			created_by)
		select promotions.from_environment, promotions.to_environment, last.position + rules.position,
			rules.type, rules.source, rules.target, $5
		from promotions
		cross join lateral (
			select coalesce(max(route_rules.position), 0) as position from route_rules
			where route_rules.from_environment = promotions.from_environment
				and route_rules.to_environment = promotions.to_environment) as last
		cross join unnest($2::text[], $3::text[], $4::text[])
			with ordinality as rules (type, source, target, position)
		where promotions.id = $1 and not exists (
			select route_rules.position from route_rules
			where route_rules.from_environment = promotions.from_environment
				and route_rules.to_environment = promotions.to_environment
				and route_rules.type is not distinct from rules.type
				and route_rules.source = rules.source and route_rules.target = rules.target)`,
		[
			promotionId,
			rules.map(({ type }) => type),
			rules.map(({ source }) => source),
			rules.map(({ target }) => target),
			by,
		],
	);
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
	const rows = rowsOf(mappings);
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
	await addRules(tx, promotionId, mappings.rules ?? [], by);
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
