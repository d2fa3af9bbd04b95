import type { DriftRule, DriftStore, ScanRecord } from '../drift/drift-store';
import type { Pool } from './pool';
import { transaction } from './transaction';

type RulesPart = Pick<
	DriftStore,
	'rule' | 'putRule' | 'schedule' | 'lastScan' | 'recordFailure' | 'scans'
>;

/** Rules, and when each environment was and will be looked at. */
export function driftRules(pool: Pool): RulesPart {
	return {
		rule: async (environment) =>
			(
				await pool.query<DriftRule>(
					`select drift_rules.environment, drift_rules.schedule, drift_rules.ignored,
						drift_rules.updated_by as "updatedBy", drift_rules.updated_at as "updatedAt"
					from drift_rules where drift_rules.environment = $1`,
					[environment],
				)
			).rows[0] ?? null,
		putRule: async ({ environment, schedule, ignored, updatedBy, updatedAt }, nextAt) => {
			await transaction(pool, async (tx) => {
				await tx.query(
					`insert into drift_rules (environment, schedule, ignored, updated_by, updated_at)
					values ($1, $2, $3, $4, $5)
					on conflict (environment) do update set schedule = excluded.schedule,
						ignored = excluded.ignored, updated_by = excluded.updated_by,
						updated_at = excluded.updated_at`,
					[environment, schedule, ignored, updatedBy, updatedAt],
				);
				await tx.query(scheduleSql, [environment, nextAt]);
			});
		},
		schedule: async (environment, nextAt) => {
			await pool.query(scheduleSql, [environment, nextAt]);
		},
		lastScan: async (environment) =>
			(
				await pool.query<ScanRecord>(
					`select drift_scans.scanned_at as "scannedAt", drift_scans.workflows, drift_scans.error,
						drift_scans.next_at as "nextAt"
					from drift_scans where drift_scans.environment = $1`,
					[environment],
				)
			).rows[0] ?? null,
		recordFailure: async (environment, error, nextAt) => {
			await pool.query(
				`insert into drift_scans (environment, error, next_at) values ($1, $2, $3)
				on conflict (environment) do update set error = excluded.error,
					next_at = excluded.next_at`,
				[environment, error, nextAt],
			);
		},
		scans: async () =>
			(
				await pool.query<{ environment: string; scannedAt: Date | null }>(
					`select drift_scans.environment, drift_scans.scanned_at as "scannedAt" from drift_scans`,
				)
			).rows,
	};
}

const scheduleSql = `
	insert into drift_scans (environment, next_at) values ($1, $2)
	on conflict (environment) do update set next_at = excluded.next_at`;
