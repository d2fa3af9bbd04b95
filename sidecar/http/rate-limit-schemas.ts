import { z } from 'zod';
import type { RateLimit as WireRateLimit, ReservationAnswer } from '../contract/rate-limits';
import type { RateLimit, RateLimitPolicy } from '../rate-limits/rate-limit';
import { type Reserved, nextAt } from '../rate-limits/reserve';
import { freeKey, milliseconds } from './key-schema';
import { dateTime } from './wire-schemas';

export const units = z.int().min(1).max(1_000_000);

export const rateLimitPolicyInput = z
	.strictObject({ limit: units, intervalMs: milliseconds(1), burst: units.optional() })
	.refine(({ limit, burst }) => burst === undefined || burst <= limit, {
		path: ['burst'],
		error: 'expected a burst of at most the limit, got more',
	})
	.meta({ id: 'RateLimitPolicy' });

export const rateLimitSchema = z
	.strictObject({
		key: z.string(),
		limit: z.number(),
		intervalMs: z.number(),
		burst: z.number(),
		nextAt: dateTime,
		pausedUntil: dateTime.nullable(),
		updatedAt: dateTime,
	})
	.meta({ id: 'RateLimit' });

export const reservationInput = z
	.strictObject({
		count: z.int().min(1).max(10_000).optional(),
		weight: units.optional(),
		tenant: freeKey.optional(),
		maxWaitMs: z
			.int()
			.min(0)
			.max(366 * 86_400_000)
			.optional(),
		policy: rateLimitPolicyInput.optional(),
	})
	.meta({ id: 'ReservationRequest' });

export const reservationAnswerSchema = z
	.discriminatedUnion('granted', [
		z.strictObject({
			granted: z.literal(true),
			reservations: z.array(z.strictObject({ at: dateTime, waitMs: z.number() })),
		}),
		z.strictObject({
			granted: z.literal(false),
			retryAt: dateTime,
			reservations: z.tuple([]),
		}),
	])
	.meta({ id: 'ReservationAnswer' });

export const feedbackInput = z
	.strictObject({
		status: z.int().min(100).max(599),
		headers: z.record(z.string().max(200), z.string().max(2_000)).optional(),
	})
	.meta({ id: 'RateLimitFeedback' });

export function readRateLimitPolicy(input: z.output<typeof rateLimitPolicyInput>): RateLimitPolicy {
	return { limit: input.limit, intervalMs: input.intervalMs, burst: input.burst ?? 1 };
}

export function rateLimitToWire(
	key: string,
	{ limit, now, updatedAt }: { limit: RateLimit; now: number; updatedAt: Date },
): WireRateLimit {
	const { pausedUntil } = limit;
	const isPaused = pausedUntil !== null && pausedUntil > now;
	return {
		key,
		...limit.policy,
		nextAt: new Date(nextAt(limit, now)).toISOString(),
		pausedUntil: isPaused ? new Date(pausedUntil).toISOString() : null,
		updatedAt: updatedAt.toISOString(),
	};
}

export function reservedToWire(reserved: Reserved): ReservationAnswer {
	if (!reserved.granted) {
		const retryAt = new Date(reserved.retryAt).toISOString();
		return { granted: false, retryAt, reservations: [] };
	}
	return {
		granted: true,
		reservations: reserved.at.map((at) => ({
			at: new Date(at).toISOString(),
			waitMs: Math.max(0, Math.ceil(at - reserved.now)),
		})),
	};
}

export const exampleRateLimit: WireRateLimit = {
	key: 'crm-api',
	limit: 100,
	intervalMs: 60_000,
	burst: 10,
	nextAt: '2031-04-01T12:00:00.600Z',
	pausedUntil: null,
	updatedAt: '2031-04-01T12:00:00.000Z',
};
