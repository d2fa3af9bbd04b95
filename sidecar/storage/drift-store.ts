import type { DriftStore, ScanChange, ScanRecord } from '../drift/drift-store';
import { reconcile, type KnownFinding } from '../drift/reconcile';
import { newId } from '../kernel/ids';
import { driftExpectations } from './drift-expectations';
import { driftRules } from './drift-rules';
import type { Pool, Queryable } from './pool';
import { storedText } from './stored-text';
import { transaction } from './transaction';

export function createDriftStore(pool: Pool): DriftStore {
	return {
		...driftExpectations(pool),
		...driftRules(pool),
		findings: async (environment) =>
			(await openFindings(pool, environment)).map(({ acceptedState: _, ...finding }) => finding),
		record: async (...scan) => await transaction(pool, async (tx) => await record(tx, ...scan)),
		accept: async (environment, workflowKey, kinds, { until, reason, by }) => {
			const { rowCount } = await pool.query(
				`update drift_findings set accepted_state = drift_findings.state, accepted_until = $4,
					accepted_reason = $5, accepted_by = $6
				where drift_findings.environment = $1 and drift_findings.workflow_key = $2
					and drift_findings.kind = any ($3) and drift_findings.gone_at is null`,
				[environment, workflowKey, kinds, until, reason, by],
			);
			return rowCount;
		},
		count: async () =>
			(
				await pool.query<Awaited<ReturnType<DriftStore['count']>>[number]>(
					`select drift_findings.environment, drift_findings.kind, drift_findings.weight,
						count(*)::integer as findings
					from drift_findings
					where drift_findings.gone_at is null
						and (drift_findings.accepted_until is null
							or drift_findings.accepted_until <= clock_timestamp())
					group by 1, 2, 3`,
				)
			).rows,
	};
}

async function record(
	tx: Queryable,
	...[environment, found, scan]: Parameters<DriftStore['record']>
): Promise<ScanChange> {
	await tx.query(
		'insert into drift_scans (environment) values ($1) on conflict (environment) do nothing',
		[environment],
	);
	const { rows } = await tx.query<ScanRecord>(
		`select drift_scans.scanned_at as "scannedAt" from drift_scans
		where drift_scans.environment = $1 for update`,
		[environment],
	);
	const last = rows[0]?.scannedAt;
	// Another one looked later and was quicker: what it saw counts.
	if (last && last > scan.at) return { found: [], gone: [] };
	const known = await openFindings(tx, environment);
	const { open, ...change } = reconcile(known, found, scan.at, newId);
	for (const finding of open) await keep(tx, finding);
	await tx.query('update drift_findings set gone_at = $2 where drift_findings.id = any ($1)', [
		change.gone.map(({ id }) => id),
		scan.at,
	]);
	await tx.query(
		`update drift_scans set scanned_at = $2, workflows = $3, error = null, next_at = $4
		where drift_scans.environment = $1`,
		[environment, scan.at, scan.workflows, scan.nextAt],
	);
	return change;
}

interface Row extends Omit<KnownFinding, 'accepted'> {
	acceptedUntil: Date | null;
	acceptedReason: string;
	acceptedBy: string;
}

async function openFindings(db: Queryable, environment: string): Promise<KnownFinding[]> {
	const { rows } = await db.query<Row>(
		`select drift_findings.id, drift_findings.environment,
			drift_findings.workflow_key as "workflowKey", drift_findings.workflow_id as "workflowId",
			drift_findings.name, drift_findings.kind, drift_findings.weight, drift_findings.state,
			drift_findings.diff, drift_findings.author, drift_findings.authored_at as "authoredAt",
			drift_findings.since, drift_findings.seen_at as "seenAt",
			drift_findings.accepted_state as "acceptedState",
			drift_findings.accepted_until as "acceptedUntil",
			drift_findings.accepted_reason as "acceptedReason",
			drift_findings.accepted_by as "acceptedBy"
		from drift_findings
		where drift_findings.environment = $1 and drift_findings.gone_at is null
		order by drift_findings.name, drift_findings.workflow_key, drift_findings.kind`,
		[environment],
	);
	return rows.map(({ acceptedUntil, acceptedReason, acceptedBy, ...finding }) => ({
		...finding,
		accepted: acceptedUntil && { until: acceptedUntil, reason: acceptedReason, by: acceptedBy },
	}));
}

async function keep(tx: Queryable, finding: KnownFinding): Promise<void> {
	await tx.query(keepSql, [
		finding.id,
		finding.environment,
		finding.workflowKey,
		finding.workflowId,
		storedText(finding.name),
		finding.kind,
		finding.weight,
		finding.state,
		storedText(finding.diff),
		storedText(finding.author),
		finding.authoredAt,
		finding.since,
		finding.seenAt,
		finding.acceptedState,
		finding.accepted?.until ?? null,
		finding.accepted?.reason ?? null,
		finding.accepted?.by ?? null,
	]);
}

const keepSql = `
	insert into drift_findings (id, environment, workflow_key, workflow_id, name, kind, weight, state,
		diff, author, authored_at, since, seen_at, accepted_state, accepted_until, accepted_reason,
		accepted_by)
	values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
	on conflict (id) do update set workflow_id = excluded.workflow_id, name = excluded.name,
		weight = excluded.weight, state = excluded.state, diff = excluded.diff,
		author = excluded.author, authored_at = excluded.authored_at, seen_at = excluded.seen_at,
		accepted_state = excluded.accepted_state, accepted_until = excluded.accepted_until,
		accepted_reason = excluded.accepted_reason, accepted_by = excluded.accepted_by`;
