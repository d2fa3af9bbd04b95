/** Rows as they are, and those whose work is not over. Each is read from an index. */
const rowsOf = {
	events: `select count(*) as there,
		(select count(*) from webhook_arrivals
			join webhook_events on webhook_events.position = webhook_arrivals.position) as in_flight
		from webhook_events`,
	deliveries: `select count(*) as there,
		(select count(*) from webhook_deliveries
			where webhook_deliveries.state in ('pending', 'delivering')) as in_flight
		from webhook_deliveries`,
	executions: `select count(*) as there,
		(select count(*) from executions where executions.origin <> 'observed'
			and executions.status in ('queued', 'running', 'waiting', 'in-doubt')) as in_flight
		from executions where executions.origin <> 'observed'`,
	dead_letters: `select count(*) as there,
		(select count(*) from dead_letters
			where dead_letters.state in ('scheduled', 'replaying')) as in_flight
		from dead_letters`,
};

const counted = Object.entries(rowsOf)
	.map(
		([ledger, rows]) =>
			`select '${ledger}' as ledger, found.there, found.in_flight from (${rows}) found`,
	)
	.join('\n\tunion all ');

/** One statement, so that rows and counts are of the same moment. */
export const recountSql = `
	with noted as (
		select known.ledger, sum(known.accepted - known.removed) as there,
			sum(known.in_flight) as in_flight
		from (
			select ledger_counts.* from ledger_counts
			union all select ledger_changes.* from ledger_changes
		) known group by known.ledger
	), found as (${counted})
	insert into ledger_recounts (ledger, missing_rows, missing_in_flight, counted_at)
	select noted.ledger, noted.there - found.there, noted.in_flight - found.in_flight,
		clock_timestamp()
	from noted join found on found.ledger = noted.ledger
	on conflict (ledger) do update set missing_rows = excluded.missing_rows,
		missing_in_flight = excluded.missing_in_flight, counted_at = excluded.counted_at`;
