import { joinColumns } from './join-row';

export const create = `
	insert into joins (id, environment, workflow_id, state, policy, at_once, child_deadline_ms,
		deadline_at, parent_execution_id, parent_node_id, parent_visit, ticket_id, total, created_at,
		parent_seen_at)
	values ($1, $2, $3, 'running', $4, $5, $6,
		clock_timestamp() + $7::float8 * interval '1 millisecond', $8, $9, $10, $11, $12,
		clock_timestamp(), clock_timestamp())
	returning ${joinColumns}`;

export const createChildren = `
	insert into join_children (join_id, index, state)
	select $1, child.index, 'open' from generate_series(0, $2::integer - 1) as child (index)`;

export const markStarted = `update joins set started = true where joins.id = $1`;

export const keepItems = `
	update join_children set items = $3
	where join_children.join_id = $1 and join_children.index = $2 and join_children.state = 'open'`;

export const settleChild = `
	update join_children set state = $3, engine_execution_id = $4, attempts = $5, error = $6
	where join_children.join_id = $1 and join_children.index = $2 and join_children.state = 'open'`;

export const countChild = `
	update joins set
		succeeded = joins.succeeded + case when $2 = 'succeeded' then 1 else 0 end,
		failed = joins.failed + case when $2 = 'failed' then 1 else 0 end,
		cancelled = joins.cancelled + case when $2 = 'cancelled' then 1 else 0 end
	where joins.id = $1
	returning ${joinColumns}`;

export const cancelOpen = `
	update join_children set state = 'cancelled', items = null, error = $2
	where join_children.join_id = $1 and join_children.state = 'open'`;

export const finish = `
	update joins set state = $2, because = $3, cancelled = joins.cancelled + $4,
		to_cancel = $4 > 0, finished_at = clock_timestamp()
	where joins.id = $1
	returning ${joinColumns}`;

export const wakeParent = `
	update parked set wake_at = clock_timestamp(), due_at = clock_timestamp(),
		updated_at = clock_timestamp()
	where parked.join_id = $1 and parked.state = 'parked' and parked.wake_at is null`;

/** About what a child takes as JSON; one that did not succeed gives no items. */
const bytesOf = (child: string) => `(150 + coalesce(octet_length(${child}.error::text), 0)
	+ case when ${child}.state = 'succeeded' then coalesce(octet_length(${child}.items::text), 0)
		else 0 end)`;

// The first always comes, however large it is.
export const children = `
	select sized.index, sized.state, sized.engine_execution_id, sized.attempts, sized.items,
		sized.error
	from (
		select page.*, sum(${bytesOf('page')}) over (order by page.index) as bytes
		from (
			select join_children.* from join_children
			where join_children.join_id = $1 and join_children.index > $2
			order by join_children.index limit $3
		) as page
	) as sized
	where $4::bigint is null or sized.bytes <= $4 or sized.index = (
		select min(join_children.index) from join_children
		where join_children.join_id = $1 and join_children.index > $2
	)
	order by sized.index`;

export const sizeOf = `
	select coalesce(sum(${bytesOf('join_children')}), 0)::float8 as bytes
	from join_children where join_children.join_id = $1`;

export const overdue = `
	select joins.id from joins
	where joins.state = 'running' and joins.deadline_at <= clock_timestamp()
	limit $1`;

export const abandoned = `
	select joins.id from joins
	where joins.state = 'running' and not joins.started
		and joins.created_at < statement_timestamp() - $1::float8 * interval '1 millisecond'
	limit $2`;

export const limitChildren = `
	update executions set deadline =
		executions.started_at + joins.child_deadline_ms * interval '1 millisecond'
	from joins
	where joins.state = 'running' and joins.child_deadline_ms is not null
		and executions.group_id = joins.id::text and executions.deadline is null
		and executions.started_at is not null
		and executions.status not in ('succeeded', 'failed', 'canceled')`;

export const toCancel = `
	select joins.id from joins where joins.to_cancel order by joins.finished_at limit $1`;

export const openExecutions = `
	select executions.id from executions
	where executions.group_id = $1::text and not executions.cancel_requested
		and executions.status not in ('succeeded', 'failed', 'canceled')
	order by executions.id desc
	limit $2`;

export const markCancelled = `update joins set to_cancel = false where joins.id = $1`;

export const claimParents = `
	with due as (
		select joins.id from joins
		where joins.state = 'running'
			and joins.parent_seen_at < clock_timestamp() - $1::float8 * interval '1 millisecond'
		order by joins.parent_seen_at limit $2
		for update skip locked
	)
	update joins set parent_seen_at = clock_timestamp()
	from due where joins.id = due.id
	returning ${joinColumns}`;

export const noteParent = `
	update joins set parent_missed = case when $2 then 0 else joins.parent_missed + 1 end
	where joins.id = $1
	returning joins.parent_missed as missed`;

// A parent that could not be woken yet still wants its results.
export const purge = `
	delete from joins
	where joins.finished_at < $1 and not joins.to_cancel and not exists (
		select from parked where parked.id = joins.ticket_id and parked.settled_at is null
	)`;

export const underWay = `
	select count(*) as count from executions
	where executions.group_id = $1::text
		and executions.status in ('running', 'waiting', 'in-doubt')`;
