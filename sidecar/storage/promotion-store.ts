import type { Promotion, PromotionSpec, Step, StepResult } from '../promotion/promotion';
import type { PromotionFilter, PromotionStore } from '../promotion/promotion-store';
import { beginPromotion } from './begin-promotion';
import {
	advancePromotion,
	claimPromotion,
	endStep,
	releasePromotion,
	renewPromotion,
	startStep,
	unattendedPromotions,
	undoReason,
} from './promotion-lease';
import type { Pool, Queryable } from './pool';
import { savedMappings, saveMappings } from './route-mappings';
import { transaction } from './transaction';

export function createPromotionStore(pool: Pool): PromotionStore {
	return {
		add: async (promotion) => await addPromotion(pool, promotion),
		find: async (id) => await findPromotion(pool, id),
		list: async (filter, page) => await listPromotions(pool, filter, page),
		steps: async (id) => await stepsOf(pool, id),
		move: async (...move) => await movePromotion(pool, ...move),
		begin: async (...begin) =>
			await transaction(pool, async (client) => await beginPromotion(client, ...begin)),
		claim: async (id, lease) => await claimPromotion(pool, id, lease),
		renew: async (id, fence, lease) => await renewPromotion(pool, id, fence, lease),
		release: async (id, fence) => await releasePromotion(pool, id, fence),
		unattended: async (limit) => await unattendedPromotions(pool, limit),
		startStep: async (...step) => await startStep(pool, ...step),
		endStep: async (...step) => await endStep(pool, ...step),
		advance: async (...advance) => await advancePromotion(pool, ...advance),
		undoReason: async (id) => await undoReason(pool, id),
		savedMappings: async (from, to) => await savedMappings(pool, from, to),
		saveMappings: async (...mappings) => await saveMappings(pool, ...mappings),
	};
}

interface PromotionRow {
	id: string;
	release_id: string;
	from_environment: string;
	to_environment: string;
	rollback_of: string | null;
	phase: Promotion['phase'];
	spec: PromotionSpec;
	plan: Promotion['plan'];
	reason: string | null;
	created_by: string;
	created_at: Date;
	updated_at: Date;
}

const selectPromotions = `select promotions.id, promotions.release_id, promotions.from_environment,
	promotions.to_environment, promotions.rollback_of, promotions.phase, promotions.spec,
	promotions.plan, promotions.reason, promotions.created_by, promotions.created_at,
	promotions.updated_at
from promotions`;

function toPromotion(row: PromotionRow): Promotion {
	return {
		id: row.id,
		releaseId: row.release_id,
		from: row.from_environment,
		to: row.to_environment,
		rollbackOf: row.rollback_of,
		phase: row.phase,
		spec: row.spec,
		plan: row.plan,
		reason: row.reason,
		createdBy: row.created_by,
		createdAt: row.created_at,
		updatedAt: row.updated_at,
	};
}

async function addPromotion(client: Queryable, promotion: Promotion): Promise<void> {
	await client.query(
		`insert into promotions (id, release_id, from_environment, to_environment, rollback_of, phase,
			spec, plan, reason, created_by, created_at, updated_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		[
			promotion.id,
			promotion.releaseId,
			promotion.from,
			promotion.to,
			promotion.rollbackOf,
			promotion.phase,
			JSON.stringify(promotion.spec),
			JSON.stringify(promotion.plan),
			promotion.reason,
			promotion.createdBy,
			promotion.createdAt,
			promotion.updatedAt,
		],
	);
}

async function findPromotion(client: Queryable, id: string): Promise<Promotion | null> {
	const { rows } = await client.query<PromotionRow>(
		`${selectPromotions} where promotions.id = $1`,
		[id],
	);
	return rows[0] ? toPromotion(rows[0]) : null;
}

async function listPromotions(
	client: Queryable,
	filter: PromotionFilter,
	page: { limit: number; after: string | null },
): Promise<Promotion[]> {
	const { rows } = await client.query<PromotionRow>(
		`${selectPromotions}
		where ($1::text is null or promotions.to_environment = $1)
			and ($2::text is null or promotions.phase = $2)
			and ($3::uuid is null or promotions.id < $3)
		order by promotions.id desc limit $4`,
		[filter.to ?? null, filter.phase ?? null, page.after, page.limit],
	);
	return rows.map(toPromotion);
}

async function stepsOf(client: Queryable, id: string): Promise<Step[]> {
	const { rows } = await client.query<{
		index: number;
		workflow_key: string | null;
		action: Step['action'];
		status: Step['status'];
		result: StepResult | null;
		message: string | null;
		started_at: Date | null;
		finished_at: Date | null;
	}>(
		`select promotion_steps.index, promotion_steps.workflow_key, promotion_steps.action,
			promotion_steps.status, promotion_steps.result, promotion_steps.message,
			promotion_steps.started_at, promotion_steps.finished_at
		from promotion_steps where promotion_steps.promotion_id = $1 order by promotion_steps.index`,
		[id],
	);
	return rows.map((row) => ({
		index: row.index,
		workflowKey: row.workflow_key,
		action: row.action,
		status: row.status,
		result: row.result,
		message: row.message,
		startedAt: row.started_at,
		finishedAt: row.finished_at,
	}));
}

async function movePromotion(
	client: Queryable,
	...[id, from, to, reason, at]: Parameters<PromotionStore['move']>
): Promise<boolean> {
	const { rowCount } = await client.query(
		`update promotions set phase = $3, reason = coalesce($4, promotions.reason), updated_at = $5
		where promotions.id = $1 and promotions.phase = any ($2)`,
		[id, [...from], to, reason, at],
	);
	return rowCount === 1;
}
