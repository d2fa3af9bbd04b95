import type { CountedLedger, LedgerName, Loss } from '../conservation/ledger';
import type { LedgerStore } from '../conservation/ledger-store';
import type { Pool, Queryable } from './queryable';
import { recountSql } from './recount-ledgers';
import { transaction } from './transaction';

export function createLedgerStore(pool: Pool): LedgerStore {
	return {
		sums: async () => await sums(pool),
		losses: async (ledger, limit) => await losses(pool, ledger, limit),
		fold: async () => {
			await pool.query(foldSql);
		},
		recount: async () => {
			await recount(pool);
		},
		writeOff: async (ledger) => await writeOff(pool, ledger),
	};
}

type SumRow = Omit<CountedLedger, 'recount'> & {
	missingRows: number | null;
	missingInFlight: number | null;
	countedAt: Date | null;
};

async function sums(db: Queryable): Promise<CountedLedger[]> {
	const { rows } = await db.query<SumRow>(sumsSql);
	return rows.map(({ missingRows, missingInFlight, countedAt, ...sum }) => ({
		...sum,
		recount:
			countedAt === null
				? null
				: { missingRows: missingRows ?? 0, missingInFlight: missingInFlight ?? 0, countedAt },
	}));
}

const sumsSql = `
	select counted.ledger, counted.accepted::float8 as accepted,
		counted.completed::float8 as completed, counted.dead_lettered::float8 as "deadLettered",
		counted.discarded::float8 as discarded, counted.in_flight::float8 as "inFlight",
		recounted.missing_rows::float8 as "missingRows",
		recounted.missing_in_flight::float8 as "missingInFlight", recounted.counted_at as "countedAt"
	from (
		select noted.ledger, sum(noted.accepted) as accepted, sum(noted.completed) as completed,
			sum(noted.dead_lettered) as dead_lettered, sum(noted.discarded) as discarded,
			sum(noted.in_flight) as in_flight
		from (
			select ledger_counts.* from ledger_counts
			union all select ledger_changes.* from ledger_changes
		) noted group by noted.ledger
	) counted
	left join ledger_recounts recounted on recounted.ledger = counted.ledger
	order by counted.ledger`;

async function losses(db: Queryable, ledger: LedgerName, limit: number): Promise<Loss[]> {
	const { rows } = await db.query<Loss>(
		`select ledger_losses.id, ledger_losses.standing, ledger_losses.noticed_at as "noticedAt"
		from ledger_losses
		where ledger_losses.ledger = $1 and ledger_losses.written_off_at is null
		union all
		select executions.id::text, 'unaccounted', executions.finished_at from executions
		where $1 = 'executions' and executions.status = 'failed' and executions.letter_id is null
			and executions.origin not in ('observed', 'join')
		order by "noticedAt" desc limit $2`,
		[ledger, limit],
	);
	return rows;
}

const foldSql = `
	with folded as (
		delete from ledger_changes returning ledger_changes.*
	), together as (
		select folded.ledger, sum(folded.accepted) as accepted, sum(folded.completed) as completed,
			sum(folded.dead_lettered) as dead_lettered, sum(folded.discarded) as discarded,
			sum(folded.in_flight) as in_flight, sum(folded.removed) as removed
		from folded group by folded.ledger
	)
	update ledger_counts set accepted = ledger_counts.accepted + together.accepted,
		completed = ledger_counts.completed + together.completed,
		dead_lettered = ledger_counts.dead_lettered + together.dead_lettered,
		discarded = ledger_counts.discarded + together.discarded,
		in_flight = ledger_counts.in_flight + together.in_flight,
		removed = ledger_counts.removed + together.removed
	from together where ledger_counts.ledger = together.ledger`;

/** May take long on a great table; nobody waits for it. */
async function recount(pool: Pool): Promise<void> {
	await transaction(pool, async (tx) => {
		await tx.query('set local statement_timeout = 0');
		await tx.query(recountSql);
	});
}

async function writeOff(pool: Pool, ledger: LedgerName): Promise<number> {
	return await transaction(pool, async (tx) => {
		await tx.query('select from ledger_counts where ledger_counts.ledger = $1 for update', [
			ledger,
		]);
		const { rows } = await tx.query<{ missing: number }>(writeOffSql, [ledger]);
		await tx.query(
			`update ledger_losses set written_off_at = clock_timestamp()
			where ledger_losses.ledger = $1 and ledger_losses.written_off_at is null`,
			[ledger],
		);
		await tx.query('delete from ledger_recounts where ledger_recounts.ledger = $1', [ledger]);
		return rows[0]?.missing ?? 0;
	});
}

/** First the counts are brought to the rows, then what is left over in the sum counts as discarded. */
const writeOffSql = `
	with missing as (
		select coalesce(max(recounted.missing_rows), 0) as rows_gone,
			coalesce(max(recounted.missing_in_flight), 0) as in_flight_gone,
			(select sum(noted.accepted - noted.completed - noted.dead_lettered - noted.discarded
				- noted.in_flight)
			from (
				select ledger_counts.* from ledger_counts where ledger_counts.ledger = $1
				union all
				select ledger_changes.* from ledger_changes where ledger_changes.ledger = $1
			) noted) as by_sum
		from ledger_recounts recounted where recounted.ledger = $1
	), written_off as (
		insert into ledger_changes (ledger, discarded, in_flight, removed)
		select $1, missing.by_sum + missing.in_flight_gone, -missing.in_flight_gone, missing.rows_gone
		from missing
	)
	select (missing.by_sum + case when missing.by_sum <> 0 then 0
		when missing.rows_gone = 0 then missing.in_flight_gone
		else missing.rows_gone end)::float8 as missing from missing`;
