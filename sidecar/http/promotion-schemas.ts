import { z } from 'zod';
import type { Promotion } from '../contract/promotions';
import {
	promotionPhases,
	stepActions,
	type Mappings,
	type Promotion as DomainPromotion,
	type Step,
} from '../promotion/promotion';
import {
	approvalSchema,
	breakGlassSchema,
	gateSchema,
	watchSchema,
} from './promotion-gates-schemas';
import { exampleRelease, exampleVersion } from './version-schemas';
import { dateTime, environmentName, plainText } from './wire-schemas';

const idMap = z.record(plainText(200), plainText(200));

const namePattern = plainText(200).refine((text) => text.split('*').length <= 2, {
	error: 'expected at most one *',
});
const ruleSchema = z
	.strictObject({
		type: plainText(200).nullable(),
		source: namePattern,
		target: namePattern,
	})
	.meta({ description: 'Credentials of this name are those of that name in the target.' });

export const mappingsSchema = z
	.strictObject({
		credentials: idMap.optional(),
		workflows: idMap.optional(),
		literals: z.array(plainText(200)).optional(),
		dataTables: idMap.optional(),
		rules: z.array(ruleSchema).max(200).optional(),
	})
	.meta({ description: 'Id in the source → id in the target. Remembered for the route.' });

export function mappingsOf(given: z.output<typeof mappingsSchema> | undefined): Mappings {
	return {
		credentials: given?.credentials ?? {},
		workflows: given?.workflows ?? {},
		literals: given?.literals ?? [],
		dataTables: given?.dataTables ?? {},
		rules: given?.rules ?? [],
	};
}

export const promotionInput = z
	.strictObject({
		releaseId: z.uuid().optional(),
		environment: environmentName.optional(),
		workflowIds: z.array(plainText(200)).min(1).max(500).optional(),
		to: environmentName,
		mappings: mappingsSchema.optional(),
		publish: z.boolean().optional(),
		message: plainText(2000).optional(),
	})
	.meta({ id: 'PromotionInput' });

const findingSchema = z.strictObject({
	code: z.string(),
	message: z.string(),
	workflowKey: z.string().nullable(),
	place: z.string().nullable(),
	candidates: z.array(z.strictObject({ id: z.string(), name: z.string() })).optional(),
	mapping: z
		.strictObject({
			of: z.enum(['credentials', 'workflows', 'dataTables', 'literals']),
			key: z.string(),
		})
		.optional()
		.meta({ description: 'Where in the mappings an answer goes.' }),
});

export const promotionSchema = z
	.strictObject({
		id: z.string(),
		phase: z.enum(promotionPhases),
		releaseId: z.string(),
		from: z.string(),
		to: z.string(),
		rollbackOf: z.string().nullable(),
		plan: z.strictObject({
			digest: z.string(),
			changes: z.array(
				z.strictObject({
					workflowKey: z.string(),
					name: z.string(),
					versionId: z.string(),
					action: z.enum(['create', 'update', 'unpublish', 'none']),
					targetWorkflowId: z.string().nullable(),
					publish: z.boolean(),
					diff: z.string(),
					nodes: z.array(
						z.strictObject({
							name: z.string(),
							change: z.enum(['added', 'removed', 'changed', 'moved']),
							fields: z.array(z.string()),
						}),
					),
					kept: z.array(z.string()).meta({ description: 'What stays as it is in the target.' }),
				}),
			),
			blockers: z.array(findingSchema),
			warnings: z.array(findingSchema),
		}),
		steps: z.array(
			z.strictObject({
				index: z.int(),
				workflowKey: z.string().nullable(),
				action: z.enum(stepActions),
				status: z.enum(['pending', 'started', 'done', 'failed', 'compensated']),
				message: z.string().nullable(),
				startedAt: dateTime.nullable(),
				finishedAt: dateTime.nullable(),
			}),
		),
		reason: z.string().nullable(),
		gates: z.array(gateSchema).optional().meta({
			description: 'As they are for who asks; empty once it was applied. Not in lists.',
		}),
		approvals: z.array(approvalSchema).optional(),
		breakGlass: breakGlassSchema.nullable().optional(),
		watch: watchSchema.nullable().optional(),
		createdBy: z.string(),
		createdAt: dateTime,
		updatedAt: dateTime,
	})
	.meta({ id: 'Promotion' });

/** What the plan rests on stays inside; its digest stands for it. */
export function promotionToWire(
	promotion: DomainPromotion,
	steps: Step[],
): z.input<typeof promotionSchema> {
	const { plan } = promotion;
	return {
		id: promotion.id,
		phase: promotion.phase,
		releaseId: promotion.releaseId,
		from: promotion.from,
		to: promotion.to,
		rollbackOf: promotion.rollbackOf,
		plan: {
			digest: plan.digest,
			changes: plan.changes.map((change) => ({
				workflowKey: change.workflowKey,
				name: change.name,
				versionId: change.versionId,
				action: change.action,
				targetWorkflowId: change.targetWorkflowId,
				publish: change.publish,
				diff: change.diff,
				nodes: change.nodes ?? [],
				kept: change.kept ?? [],
			})),
			blockers: plan.blockers,
			warnings: plan.warnings,
		},
		steps: steps.map((step) => ({
			index: step.index,
			workflowKey: step.workflowKey,
			action: step.action,
			status: step.status,
			message: step.message,
			startedAt: step.startedAt?.toISOString() ?? null,
			finishedAt: step.finishedAt?.toISOString() ?? null,
		})),
		reason: promotion.reason,
		createdBy: promotion.createdBy,
		createdAt: promotion.createdAt.toISOString(),
		updatedAt: promotion.updatedAt.toISOString(),
	};
}

export const examplePromotion: Promotion = {
	id: '0198c0de-0000-7000-8000-000000000030',
	phase: 'planned',
	releaseId: exampleRelease.id,
	from: 'dev',
	to: 'production',
	rollbackOf: null,
	plan: {
		digest: exampleVersion.digest,
		changes: [
			{
				workflowKey: exampleVersion.workflowKey,
				name: 'Order intake',
				versionId: exampleVersion.id,
				action: 'update',
				targetWorkflowId: 'Zq81mPb2R7sT5cVn',
				publish: true,
				diff: '~ Send receipt: parameters.url "a" → "b"',
				nodes: [{ name: 'Send receipt', change: 'changed', fields: ['parameters.url'] }],
				kept: [],
			},
		],
		blockers: [],
		warnings: [],
	},
	steps: [],
	reason: null,
	createdBy: 'ada',
	createdAt: '2031-04-01T12:00:00.000Z',
	updatedAt: '2031-04-01T12:00:00.000Z',
};
