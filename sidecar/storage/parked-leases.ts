import type { Parked } from '../parking/parked';
import type { ParkedStore, Settlement } from '../parking/parked-store';
import { parkedColumns, type ParkedRow, toParked } from './parked-row';
import type { Queryable } from './queryable';
import { storedText } from './stored-text';

export async function upcomingParked(db: Queryable): ReturnType<ParkedStore['upcoming']> {
	const { rows } = await db.query<{ environment: string; in_ms: number }>(upcomingSql);
	return rows.map(({ environment, in_ms }) => ({ environment, inMs: in_ms }));
}

export async function claimParked(
	db: Queryable,
	environment: string,
	{ owner, leaseMs, limit }: { owner: string; leaseMs: number; limit: number },
): Promise<Parked[]> {
	const { rows } = await db.query<ParkedRow>(claimSql, [environment, owner, leaseMs, limit]);
	return rows.map(toParked);
}

export async function renewParked(
	db: Queryable,
	ids: readonly string[],
	owner: string,
	leaseMs: number,
): Promise<void> {
	await db.query(renewSql, [ids, owner, leaseMs]);
}

export async function settleParked(
	db: Queryable,
	id: string,
	fence: number,
	settlement: Settlement,
): ReturnType<ParkedStore['settle']> {
	const again = settlement.state === 'parked' ? settlement : null;
	const { rows } = await db.query<{ late_ms: number }>(settleSql, [
		id,
		fence,
		settlement.state,
		settlement.state === 'gone' ? settlement.because : null,
		again?.inMs ?? null,
		again ? storedText(again.trouble) : null,
		again?.inDoubt ?? false,
	]);
	return rows[0] ? { lateMs: rows[0].late_ms } : null;
}

const upcomingSql = `
	select environments.name as environment,
		(extract(epoch from next.due_at - clock_timestamp()) * 1000)::float8 as in_ms
	from environments
	cross join lateral (
		select parked.due_at from parked
		where parked.environment = environments.name and parked.due_at is not null
		order by parked.due_at limit 1
	) as next`;

// What is still being resumed when it is due again has lost its process in the midst of it.
const claimSql = `
	with due as (
		select parked.id from parked
		where parked.environment = $1 and parked.due_at <= statement_timestamp()
		order by parked.due_at limit $4
		for update skip locked
	)
	update parked set state = 'resuming', attempts = parked.attempts + 1,
		in_doubt = parked.in_doubt or parked.state = 'resuming',
		lease_owner = $2, due_at = clock_timestamp() + $3::float8 * interval '1 millisecond',
		fence = parked.fence + 1, updated_at = clock_timestamp()
	from due where parked.id = due.id
	returning ${parkedColumns}`;

const renewSql = `
	update parked set due_at = clock_timestamp() + $3::float8 * interval '1 millisecond'
	where parked.id = any($1::uuid[]) and parked.lease_owner = $2 and parked.state = 'resuming'`;

const settleSql = `
	update parked set state = $3, gone_because = $4,
		due_at = clock_timestamp() + $5::float8 * interval '1 millisecond', trouble = $6,
		in_doubt = parked.in_doubt or $7, lease_owner = null,
		settled_at = case when $3 = 'parked' then null else clock_timestamp() end,
		updated_at = clock_timestamp()
	where parked.id = $1 and parked.fence = $2 and parked.state = 'resuming'
	returning (extract(epoch from clock_timestamp() - parked.wake_at) * 1000)::float8 as late_ms`;
