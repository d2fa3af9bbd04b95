import { z } from 'zod';
import type { RetryBudget as WireBudget, WithdrawalAnswer } from '../contract/retry-budgets';
import {
	available,
	defaultPolicy,
	type Granted,
	type RetryBudgetPolicy,
} from '../retry-budgets/retry-budget';
import type { RetryBudgetAt } from '../retry-budgets/use-retry-budgets';
import { dateTime } from './wire-schemas';

const most = 1_000_000;

export const retryBudgetPolicyInput = z
	.strictObject({
		ratio: z.number().min(0).max(1_000).optional(),
		minPerSecond: z.number().min(0).max(most).optional(),
		windowMs: z.int().min(1_000).max(3_600_000).optional(),
	})
	.meta({ id: 'RetryBudgetPolicy' });

export const retryBudgetSchema = z
	.strictObject({
		key: z.string(),
		ratio: z.number(),
		minPerSecond: z.number(),
		windowMs: z.number(),
		available: z.number(),
		updatedAt: dateTime,
	})
	.meta({ id: 'RetryBudget' });

export const withdrawalInput = z
	.strictObject({
		calls: z.int().min(0).max(most).optional(),
		retries: z.int().min(0).max(most),
		policy: retryBudgetPolicyInput.optional(),
	})
	.meta({ id: 'WithdrawalRequest' });

export const withdrawalAnswerSchema = z
	.strictObject({ allowed: z.boolean(), granted: z.number(), retryAt: dateTime.optional() })
	.meta({ id: 'WithdrawalAnswer' });

export function readRetryBudgetPolicy(
	input: z.output<typeof retryBudgetPolicyInput>,
): RetryBudgetPolicy {
	return {
		ratio: input.ratio ?? defaultPolicy.ratio,
		minPerSecond: input.minPerSecond ?? defaultPolicy.minPerSecond,
		windowMs: input.windowMs ?? defaultPolicy.windowMs,
	};
}

export function retryBudgetToWire(
	key: string,
	{ budget, now, updatedAt }: RetryBudgetAt,
): WireBudget {
	return {
		key,
		...budget.policy,
		available: available(budget, now),
		updatedAt: updatedAt.toISOString(),
	};
}

export function grantedToWire({ granted, retryAt }: Granted, retries: number): WithdrawalAnswer {
	return {
		allowed: granted === retries,
		granted,
		...(retryAt === null ? {} : { retryAt: new Date(retryAt).toISOString() }),
	};
}

export const exampleRetryBudget: WireBudget = {
	key: 'crm-api',
	ratio: 0.2,
	minPerSecond: 1,
	windowMs: 10_000,
	available: 10,
	updatedAt: '2031-04-01T12:00:00.000Z',
};
