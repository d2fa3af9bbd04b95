import type { DriftStore, Expectation, PromotedWorkflow } from '../drift/drift-store';
import type { PlannedChange } from '../promotion/promotion';
import type { Queryable } from './pool';

type ExpectationsPart = Pick<DriftStore, 'expectationsIn' | 'expect' | 'forget' | 'promotedSince'>;

export function driftExpectations(db: Queryable): ExpectationsPart {
	return {
		expectationsIn: async (environment) =>
			(await db.query<Expectation>(selectSql, [environment])).rows,
		expect: async (expectation) => {
			await db.query(expectSql, [
				expectation.environment,
				expectation.workflowKey,
				expectation.workflowId,
				expectation.draft,
				expectation.live,
				JSON.stringify(expectation.tags),
				expectation.credentials,
				JSON.stringify(expectation.prints),
				expectation.source,
				expectation.promotionId,
				expectation.expectedBy,
				expectation.expectedAt,
			]);
		},
		forget: async (environment, workflowKey) => {
			await db.query(
				`update drift_expectations set forgotten = true, expected_at = clock_timestamp()
				where drift_expectations.environment = $1 and drift_expectations.workflow_key = $2`,
				[environment, workflowKey],
			);
		},
		promotedSince: async (environment) =>
			(await db.query<PromotedRow>(promotedSql, [environment])).rows.map(toPromoted),
	};
}

// The binding knows the id also when a workflow was restored under another one.
const selectSql = `
	select drift_expectations.environment, drift_expectations.workflow_key as "workflowKey",
		coalesce(bindings.workflow_id, drift_expectations.workflow_id) as "workflowId",
		drift_expectations.draft, drift_expectations.live, drift_expectations.tags,
		drift_expectations.credentials, drift_expectations.prints, drift_expectations.source,
		drift_expectations.promotion_id as "promotionId",
		drift_expectations.expected_by as "expectedBy", drift_expectations.expected_at as "expectedAt"
	from drift_expectations
	left join bindings on bindings.environment = drift_expectations.environment
		and bindings.workflow_key = drift_expectations.workflow_key
	where drift_expectations.environment = $1 and not drift_expectations.forgotten
	order by drift_expectations.workflow_key`;

const expectSql = `
	insert into drift_expectations (environment, workflow_key, workflow_id, draft, live, tags,
		credentials, prints, source, promotion_id, expected_by, expected_at)
	values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
	on conflict (environment, workflow_key) do update set
		workflow_id = excluded.workflow_id, draft = excluded.draft, live = excluded.live,
		tags = excluded.tags, credentials = excluded.credentials, prints = excluded.prints,
		source = excluded.source, promotion_id = excluded.promotion_id,
		expected_by = excluded.expected_by, expected_at = excluded.expected_at, forgotten = false
	where drift_expectations.expected_at <= excluded.expected_at`;

interface PromotedRow {
	change: PlannedChange;
	promotionId: string;
	by: string;
	at: Date;
	workflowId: string | null;
	kept: string | null;
}

// Each scan learns all that was promoted before it; the hour is for promotions that ended while it ran.
const promotedSql = `
	with promoted as (
		select distinct on (changes.change ->> 'workflowKey')
			changes.change, changes.change ->> 'workflowKey' as workflow_key, promotions.id,
			promotions.created_by, promotions.updated_at
		from promotions
		cross join lateral json_array_elements(promotions.plan -> 'changes') as changes (change)
		where promotions.to_environment = $1 and promotions.phase = 'succeeded'
			and promotions.updated_at > coalesce(
				(select drift_scans.scanned_at - interval '1 hour' from drift_scans
				where drift_scans.environment = $1), '-infinity')
		order by changes.change ->> 'workflowKey', promotions.updated_at desc
	)
	select promoted.change, promoted.id as "promotionId", promoted.created_by as by,
		promoted.updated_at as at,
		coalesce(promotion_steps.result ->> 'workflowId', promoted.change ->> 'targetWorkflowId')
			as "workflowId",
		promotion_steps.result ->> 'kept' as kept
	from promoted
	left join promotion_steps on promotion_steps.promotion_id = promoted.id
		and promotion_steps.workflow_key = promoted.workflow_key
		and promotion_steps.action = 'record' and promotion_steps.status = 'done'
	left join drift_expectations on drift_expectations.environment = $1
		and drift_expectations.workflow_key = promoted.workflow_key
	where drift_expectations.workflow_key is null
		or drift_expectations.expected_at < promoted.updated_at`;

function toPromoted(row: PromotedRow): PromotedWorkflow {
	const { change, kept, workflowId, promotionId, by, at } = row;
	const { publish, unpublish, thenDraft, versionId, before, workflowKey } = change;
	const liveBefore = before?.live ?? null;
	// With an edit put back as the draft, what went live is the version that was brought.
	const published = publish ? (thenDraft === null ? kept : versionId) : null;
	const notLive = unpublish || (!publish && liveBefore === null);
	return {
		workflowKey,
		workflowId: workflowId ?? '',
		kept,
		published,
		notLive,
		liveBefore,
		promotionId,
		by,
		at,
	};
}
