import { z } from 'zod';
import type { ExecutionDetail } from '../contract/executions';
import { errorClasses } from '../dead-letters/dead-letter';
import {
	origins,
	outcomes,
	statuses,
	type Attempt,
	type Execution,
	type ExecutionSummary,
	type NewExecution,
} from '../executions/execution';
import { freeKey } from './key-schema';
import { dateTime, environmentName, plainText } from './wire-schemas';

const itemSchema = z.strictObject({
	json: z.record(z.string(), z.unknown()),
	binary: z.record(z.string(), z.unknown()).optional(),
});

const day = 86_400_000;

export const policySchema = z
	.strictObject({
		attempts: z.int().min(1).max(50).optional(),
		baseDelayMs: z.int().min(0).max(day).optional(),
		maxDelayMs: z.int().min(0).max(day).optional(),
		factor: z.number().min(1).max(100).optional(),
		jitter: z.number().min(0).max(1).optional(),
		retryOn: z.array(z.enum(errorClasses)).max(6).optional(),
		concurrency: z.int().min(1).max(10_000).optional(),
		circuit: freeKey.optional(),
		rateLimit: freeKey.optional(),
		notify: z.boolean().optional(),
	})
	.meta({ id: 'ExecutionPolicy' });

export const executionInput = z
	.strictObject({
		environment: environmentName,
		workflow: plainText(200),
		payload: z.unknown().optional(),
		items: z.array(itemSchema).min(1).max(10_000).optional(),
		version: z.uuid().optional(),
		idempotencyKey: plainText(255).optional(),
		tenant: plainText(200).optional(),
		priority: z.int().min(-100).max(100).optional(),
		policy: policySchema.optional(),
		deadline: dateTime.optional(),
		wait: z.number().min(0).max(60).optional(),
	})
	.refine(({ payload, items }) => payload === undefined || items === undefined, {
		error: 'expected payload or items, not both',
		path: ['items'],
	})
	.meta({ id: 'ExecutionInput' });

export function toNewExecution(body: z.output<typeof executionInput>): NewExecution {
	const { payload, items, deadline, policy, wait: _, ...rest } = body;
	return {
		...rest,
		input: items ? { items } : { payload: payload ?? {} },
		policy: policy ?? {},
		deadline: deadline === undefined ? null : new Date(deadline),
		origin: 'api',
	};
}

export const executionSchema = z
	.strictObject({
		id: z.string(),
		environment: z.string(),
		workflowId: z.string(),
		workflowName: z.string().nullable(),
		status: z.enum(statuses),
		outcome: z.enum(outcomes).nullable(),
		origin: z.enum(origins),
		retryOf: z.string().nullable(),
		tenant: z.string().nullable(),
		priority: z.int(),
		idempotencyKey: z.string().nullable(),
		group: z.string().nullable(),
		versionId: z.string().nullable(),
		engineExecutionId: z.string().nullable(),
		mode: z.string().nullable(),
		attempts: z.int(),
		dueAt: dateTime.nullable(),
		deadline: dateTime.nullable(),
		failedNode: z.string().nullable(),
		error: z
			.strictObject({ name: z.string(), message: z.string(), httpStatus: z.int().nullable() })
			.nullable(),
		errorClass: z.enum(errorClasses).nullable(),
		letterId: z.string().nullable(),
		acceptedAt: dateTime,
		startedAt: dateTime.nullable(),
		finishedAt: dateTime.nullable(),
		durationMs: z.int().nullable(),
	})
	.meta({ id: 'Execution' });

export const attemptSchema = z
	.strictObject({
		number: z.int(),
		route: z.enum(['webhook', 'runner']).nullable(),
		status: z.enum(['running', 'succeeded', 'failed', 'canceled', 'never-started']),
		engineExecutionId: z.string().nullable(),
		message: z.string().nullable(),
		sentAt: dateTime,
		finishedAt: dateTime.nullable(),
	})
	.meta({ id: 'ExecutionAttempt' });

export const executionDetailSchema = executionSchema
	.extend({
		payload: z.unknown(),
		result: z.unknown(),
		resultTruncated: z.boolean(),
		policy: z.unknown(),
		history: z.array(attemptSchema),
	})
	.meta({ id: 'ExecutionDetail' });

export function executionToWire(one: ExecutionSummary): z.input<typeof executionSchema> {
	const { error, startedAt, finishedAt } = one;
	return {
		id: one.id,
		environment: one.environment,
		workflowId: one.workflowId,
		workflowName: one.workflowName,
		status: one.status,
		outcome: one.outcome,
		origin: one.origin,
		retryOf: one.retryOf,
		tenant: one.tenant,
		priority: one.priority,
		idempotencyKey: one.idempotencyKey,
		group: one.groupId,
		versionId: one.versionId,
		engineExecutionId: one.engineExecutionId,
		mode: one.mode,
		attempts: one.attempts,
		dueAt: one.dueAt?.toISOString() ?? null,
		deadline: one.deadline?.toISOString() ?? null,
		failedNode: error?.node ?? null,
		error: error && { name: error.name, message: error.message, httpStatus: error.httpStatus },
		errorClass: one.errorClass,
		letterId: one.letterId,
		acceptedAt: one.acceptedAt.toISOString(),
		startedAt: startedAt?.toISOString() ?? null,
		finishedAt: finishedAt?.toISOString() ?? null,
		durationMs:
			startedAt && finishedAt ? Math.max(0, finishedAt.getTime() - startedAt.getTime()) : null,
	};
}

export function executionDetailToWire(
	one: Execution,
	attempts: Attempt[],
): z.input<typeof executionDetailSchema> {
	const { shownInput, policy } = one;
	const shown = shownInput && ('items' in shownInput ? shownInput.items : shownInput.payload);
	return {
		...executionToWire(one),
		payload: shown ?? null,
		result: one.result ?? null,
		resultTruncated: one.resultTruncated,
		policy:
			policy && Object.fromEntries(Object.entries(policy).filter(([, value]) => value !== null)),
		history: attempts.map((attempt) => ({
			number: attempt.number,
			route: attempt.route,
			status: attempt.status,
			engineExecutionId: attempt.engineExecutionId,
			message: attempt.message,
			sentAt: attempt.sentAt.toISOString(),
			finishedAt: attempt.finishedAt?.toISOString() ?? null,
		})),
	};
}

export const exampleExecution: ExecutionDetail = {
	id: '0198c0de-0000-7000-8000-000000000070',
	environment: 'production',
	workflowId: 'Zq81mPb2R7sT5cVn',
	workflowName: 'Order intake',
	status: 'succeeded',
	outcome: 'success',
	origin: 'api',
	retryOf: null,
	tenant: 'acme',
	priority: 0,
	idempotencyKey: 'order-17',
	group: null,
	versionId: null,
	engineExecutionId: '4712',
	mode: null,
	attempts: 1,
	dueAt: null,
	deadline: null,
	failedNode: null,
	error: null,
	errorClass: null,
	letterId: null,
	acceptedAt: '2031-04-01T12:00:00.000Z',
	startedAt: '2031-04-01T12:00:00.004Z',
	finishedAt: '2031-04-01T12:00:00.120Z',
	durationMs: 116,
	payload: { order: 17 },
	result: [{ order: 17, booked: true }],
	resultTruncated: false,
	policy: {
		attempts: 3,
		baseDelayMs: 1000,
		maxDelayMs: 60_000,
		factor: 2,
		jitter: 0.5,
		retryOn: ['transient', 'quota'],
	},
	history: [
		{
			number: 1,
			route: 'webhook',
			status: 'succeeded',
			engineExecutionId: '4712',
			message: null,
			sentAt: '2031-04-01T12:00:00.004Z',
			finishedAt: '2031-04-01T12:00:00.120Z',
		},
	],
};
