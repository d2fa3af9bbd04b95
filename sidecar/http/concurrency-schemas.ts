import { z } from 'zod';
import { freeKey } from './key-schema';
import { dateTime, plainText } from './wire-schemas';

const ttlMs = z.int().min(100).max(86_400_000);
const places = z.int().min(1).max(100_000);

export const concurrencyInput = z
	.strictObject({
		limit: places,
		count: z.int().min(1).max(1_000).optional(),
		ttlMs: ttlMs.optional(),
		tenant: freeKey.optional(),
		executionId: plainText(100).optional(),
	})
	.meta({ id: 'ConcurrencyRequest' });

export const renewInput = z
	.strictObject({ fence: z.int().min(0), ttlMs: ttlMs.optional() })
	.meta({ id: 'LeaseRenewal' });

export const leaseSchema = z
	.strictObject({ id: z.string(), fence: z.number(), expiresAt: dateTime })
	.meta({ id: 'ConcurrencyLease' });

export const concurrencyAnswerSchema = z
	.discriminatedUnion('granted', [
		z.strictObject({ granted: z.literal(true), leases: z.array(leaseSchema) }),
		z.strictObject({
			granted: z.literal(false),
			held: z.number(),
			limit: z.number(),
			retryAt: dateTime,
			leases: z.tuple([]),
		}),
	])
	.meta({ id: 'ConcurrencyAnswer' });

export const concurrencySchema = z
	.strictObject({
		key: z.string(),
		limit: z.number(),
		held: z.number(),
		leases: z.array(
			z.strictObject({
				id: z.string(),
				fence: z.number(),
				expiresAt: dateTime,
				tenant: z.string().nullable(),
				executionId: z.string().nullable(),
				grantedAt: dateTime,
			}),
		),
	})
	.meta({ id: 'Concurrency' });

export const heldKeySchema = z
	.strictObject({ key: z.string(), limit: z.number(), held: z.number() })
	.meta({ id: 'ConcurrencyKey' });

export const exampleLease = {
	id: '0198c0de-0000-7000-8000-000000000001',
	fence: 7,
	expiresAt: '2031-04-01T12:01:00.000Z',
};
