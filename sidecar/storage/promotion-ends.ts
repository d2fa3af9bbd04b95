import { newId } from '../kernel/ids';
import { versionsIn } from '../promotion/gates/promotion-hold';
import type { PlannedChange } from '../promotion/promotion';
import type { PromotionStore, UndoReason } from '../promotion/promotion-store';
import { bind } from './binding-store';
import { placeHold } from './hold-rows';
import type { Pool, Queryable } from './pool';
import { saveMappings } from './route-mappings';
import { transaction } from './transaction';

type EndsPart = Pick<PromotionStore, 'verify' | 'succeed' | 'giveUp' | 'undoReason'>;

export function promotionEnds(pool: Pool): EndsPart {
	return {
		verify: async (hold, at) => await move(pool, hold, ['applying'], 'verifying', at),
		succeed: async (...end) => await transaction(pool, async (tx) => await succeed(tx, ...end)),
		giveUp: async (hold, phase, at) => await move(pool, hold, ['rolling-back'], phase, at),
		undoReason: async (id) => await undoReason(pool, id),
	};
}

async function move(
	client: Queryable,
	{ id, fence }: Parameters<PromotionStore['verify']>[0],
	from: string[],
	to: string,
	at: Date,
): Promise<boolean> {
	const { rowCount } = await client.query(
		`update promotions set phase = $4, updated_at = $5
		where promotions.id = $1 and promotions.fence = $2 and promotions.phase = any ($3)`,
		[id, fence, from, to, at],
	);
	return rowCount === 1;
}

async function succeed(
	tx: Queryable,
	...[hold, outcome, at]: Parameters<PromotionStore['succeed']>
): Promise<boolean> {
	if (!(await move(tx, hold, ['applying', 'verifying'], 'succeeded', at))) return false;
	await tx.query(
		`update promotions set phase = 'rolled-back', updated_at = $2
		from promotions as later
		where later.id = $1 and promotions.id = later.rollback_of`,
		[hold.id, at],
	);
	await holdUndone(tx, hold.id, at);
	for (const binding of outcome.bindings) await bind(tx, binding);
	await saveMappings(tx, hold.id, outcome);
	return true;
}

/** What was rolled back must not come back by itself. Rolling back a roll-back holds nothing. */
async function holdUndone(tx: Queryable, id: string, at: Date): Promise<void> {
	const { rows } = await tx.query<UndoneRow>(
		`select undone.id, undone.to_environment as environment, undone.plan -> 'changes' as changes,
			later.created_by as "createdBy"
		from promotions as later
		join promotions as undone on undone.id = later.rollback_of
		where later.id = $1 and undone.rollback_of is null`,
		[id],
	);
	for (const undone of rows) {
		const versions = versionsIn(undone.changes);
		if (Object.keys(versions).length === 0) continue;
		await placeHold(
			tx,
			{
				environment: undone.environment,
				promotionId: undone.id,
				versions,
				reason: `it was rolled back by promotion ${id}`,
				placedBy: undone.createdBy,
				placedAt: at,
			},
			newId(),
		);
	}
}

interface UndoneRow {
	id: string;
	environment: string;
	changes: PlannedChange[];
	createdBy: string;
}

async function undoReason(client: Queryable, id: string): Promise<UndoReason | null> {
	const { rows } = await client.query<{ code: UndoReason['code'] | null; message: string | null }>(
		`select promotions.reason_code as code, promotions.reason as message
		from promotions where promotions.id = $1`,
		[id],
	);
	const row = rows[0];
	return row?.code ? { code: row.code, message: row.message ?? '' } : null;
}
