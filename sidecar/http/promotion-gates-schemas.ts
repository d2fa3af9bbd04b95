import { z } from 'zod';
import type { Hold, PromotionEvent } from '../contract/promotions';
import type { Approval } from '../promotion/gates/approval';
import type { Gate } from '../promotion/gates/gates';
import type { PromotionHold } from '../promotion/gates/promotion-hold';
import {
	promotionEventTypes,
	type PromotionEvent as DomainEvent,
} from '../promotion/promotion-events';
import { watchStatuses, type Watch } from '../promotion/watch/watch';
import { dateTime } from './wire-schemas';

export const gateSchema = z.strictObject({
	name: z.enum(['plan', 'promoter', 'approvals', 'freeze', 'verified', 'soak', 'hold']),
	state: z.enum(['passed', 'waiting', 'closed']),
	code: z.string(),
	message: z.string(),
});

export const approvalSchema = z.strictObject({
	by: z.string(),
	decision: z.enum(['approve', 'reject']),
	reason: z.string().nullable(),
	at: dateTime,
});

export const breakGlassSchema = z.strictObject({
	by: z.string(),
	reason: z.string(),
	gates: z.array(z.string()).meta({ description: 'Codes of the gates that were passed over.' }),
	at: dateTime,
});

const tally = z.strictObject({
	runs: z.int(),
	hits: z.int(),
	verdict: z.enum(['undecided', 'healthy', 'regressed']),
});

export const watchSchema = z.strictObject({
	status: z.enum(watchStatuses),
	until: dateTime,
	message: z.string().nullable(),
	workflows: z.array(
		z.strictObject({
			workflowKey: z.string(),
			name: z.string(),
			before: z.strictObject({ runs: z.int(), failures: z.int() }),
			failures: tally,
			slow: tally.nullable().meta({ description: 'Null: too few runs before to say.' }),
		}),
	),
});

export const holdSchema = z
	.strictObject({
		id: z.string(),
		environment: z.string(),
		promotionId: z.string(),
		versions: z.record(z.string(), z.string()),
		reason: z.string(),
		placedBy: z.string(),
		placedAt: dateTime,
		releasedBy: z.string().nullable(),
		releaseReason: z.string().nullable(),
		releasedAt: dateTime.nullable(),
	})
	.meta({ id: 'Hold' });

export const promotionEventSchema = z
	.strictObject({
		promotionId: z.string(),
		sequence: z.int(),
		type: z.enum(promotionEventTypes),
		data: z.record(z.string(), z.unknown()),
		at: dateTime,
	})
	.meta({ id: 'PromotionEvent' });

export function gateToWire({ name, state, code, message }: Gate): z.input<typeof gateSchema> {
	return { name, state, code, message };
}

export function approvalToWire(approval: Approval): z.input<typeof approvalSchema> {
	const { approver: by, decision, reason, at } = approval;
	return { by, decision, reason, at: at.toISOString() };
}

export function watchToWire(watch: Watch): z.input<typeof watchSchema> {
	const { status, until, message, baselines, findings } = watch;
	return {
		status,
		until: until.toISOString(),
		message,
		workflows: baselines.flatMap(({ workflowKey, name, runs, failures, slowTest }) => {
			const found = findings.find((finding) => finding.workflowKey === workflowKey);
			if (!found) return [];
			const { failures: failed, slow } = found;
			return {
				workflowKey,
				name,
				before: { runs, failures },
				failures: { runs: failed.observed, hits: failed.hits, verdict: failed.verdict },
				slow: slowTest && { runs: slow.observed, hits: slow.hits, verdict: slow.verdict },
			};
		}),
	};
}

export function holdToWire(hold: PromotionHold): Hold {
	return {
		...hold,
		placedAt: hold.placedAt.toISOString(),
		releasedAt: hold.releasedAt?.toISOString() ?? null,
	};
}

export function eventToWire(promotionId: string, event: DomainEvent): PromotionEvent {
	const { sequence, type, data, at } = event;
	return { promotionId, sequence, type, data, at: at.toISOString() };
}

export const exampleHold: Hold = {
	id: '0198c0de-0000-7000-8000-000000000040',
	environment: 'production',
	promotionId: '0198c0de-0000-7000-8000-000000000030',
	versions: { 'order-intake': '0198c0de-0000-7000-8000-000000000010' },
	reason: 'it was rolled back by promotion 0198c0de-0000-7000-8000-000000000031',
	placedBy: 'ada',
	placedAt: '2031-04-01T12:00:00.000Z',
	releasedBy: null,
	releaseReason: null,
	releasedAt: null,
};
