import type { World } from './world';

interface Doubles {
	/** Keys whose effect was run more than once, and the product says so: the receiver was in doubt. */
	inDoubt: string[];
	/** Keys whose effect was run more than once and nothing tells why. */
	unexplained: string[];
}

/** Holds what happened twice against what the sidecar lists as in doubt. */
export async function doublesOf(
	{ pool }: World,
	{ delivered, executed }: { delivered: Map<string, number>; executed: Map<string, number> },
): Promise<Doubles> {
	const deliveries = await pool.query<{ key: string }>(
		`select webhook_events.provider_id as key from webhook_deliveries
		join webhook_events on webhook_events.id = webhook_deliveries.event_id
		where webhook_deliveries.in_doubt > 0`,
	);
	const executions = await pool.query<{ key: string }>(
		`select executions.idempotency_key as key from executions where executions.attempts > 1`,
	);
	const told = [
		{ effects: delivered, doubted: new Set(deliveries.rows.map(({ key }) => key)) },
		{ effects: executed, doubted: new Set(executions.rows.map(({ key }) => key)) },
	];
	const doubles: Doubles = { inDoubt: [], unexplained: [] };
	for (const { effects, doubted } of told) {
		for (const [key, times] of effects) {
			if (times === 1) continue;
			doubles[doubted.has(key) ? 'inDoubt' : 'unexplained'].push(key);
		}
	}
	return doubles;
}
