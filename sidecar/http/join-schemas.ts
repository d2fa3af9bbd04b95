import { z } from 'zod';
import type {
	ChildResult,
	Join as WireJoin,
	JoinRequest as WireJoinRequest,
	JoinResult,
} from '../contract/joins';
import { errorClasses } from '../dead-letters/dead-letter';
import type { Policy } from '../executions/execution';
import { joinStates, summaryOf, type Join, type JoinChild } from '../joins/join';
import { milliseconds } from './key-schema';
import { waitingFields } from './parked-schemas';
import { dateTime, environmentName, plainText } from './wire-schemas';

const itemSchema = z.strictObject({
	json: z.record(z.string(), z.unknown()),
	binary: z.record(z.string(), z.unknown()).optional(),
});

const policySchema = z.union([
	z.strictObject({ mode: z.enum(['all', 'collect', 'first']) }),
	z.strictObject({ mode: z.literal('quorum'), quorum: z.int().min(1) }),
]);

export const joinInput = z
	.strictObject({
		environment: environmentName.optional(),
		workflow: plainText(200),
		children: z
			.array(z.strictObject({ items: z.array(itemSchema) }))
			.min(1)
			.max(10_000),
		atOnce: z.int().min(1).max(100).optional(),
		policy: policySchema.optional(),
		retry: z
			.strictObject({
				attempts: z.int().min(1).max(20).optional(),
				baseDelayMs: milliseconds(0).optional(),
				maxDelayMs: milliseconds(0).optional(),
				jitter: z.number().min(0).max(1).optional(),
				on: z.array(z.enum(errorClasses)).optional(),
			})
			.optional(),
		childDeadlineMs: milliseconds(1).optional(),
		deadlineMs: milliseconds(1).optional(),
		parent: z.strictObject(waitingFields),
	})
	.refine(({ policy, children }) => policy?.mode !== 'quorum' || policy.quorum <= children.length, {
		error: 'expected a quorum of at most the number of children',
		path: ['policy', 'quorum'],
	})
	.meta({ id: 'JoinRequest' });

const count = z.int();
const countsSchema = z.strictObject({
	total: count,
	waiting: count,
	running: count,
	succeeded: count,
	failed: count,
	cancelled: count,
});

export const joinSchema = z
	.strictObject({
		id: z.string(),
		environment: z.string(),
		workflow: z.string(),
		state: z.enum(joinStates),
		summary: z.string(),
		policy: policySchema,
		atOnce: z.int(),
		children: countsSchema,
		parent: z.strictObject({ executionId: z.string(), nodeId: z.string(), visit: z.int() }),
		ticketId: z.string(),
		deadlineAt: dateTime.nullable(),
		createdAt: dateTime,
		finishedAt: dateTime.nullable(),
	})
	.meta({ id: 'Join' });

export const childResultSchema = z
	.strictObject({
		index: z.int(),
		state: z.enum(['waiting', 'running', 'succeeded', 'failed', 'cancelled']),
		executionId: z.string().nullable(),
		attempts: z.int(),
		items: z.array(itemSchema),
		error: z.strictObject({ message: z.string(), errorClass: z.string() }).nullable(),
	})
	.meta({ id: 'ChildResult' });

export function readRetry(retry: WireJoinRequest['retry'] = {}): Partial<Policy> {
	return {
		attempts: retry.attempts ?? 1,
		baseDelayMs: retry.baseDelayMs ?? 1_000,
		maxDelayMs: retry.maxDelayMs ?? 60_000,
		factor: 2,
		jitter: retry.jitter ?? 0.5,
		retryOn: retry.on ?? ['transient', 'quota', 'unknown'],
	};
}

function countsToWire({ counts }: Join, underWay: number): WireJoin['children'] {
	const { total, succeeded, failed, cancelled } = counts;
	const open = total - succeeded - failed - cancelled;
	const running = Math.min(open, underWay);
	return { total, waiting: open - running, running, succeeded, failed, cancelled };
}

/** @param underWay children that run in the engine */
export function joinToWire(join: Join, underWay: number): WireJoin {
	return {
		id: join.id,
		environment: join.environment,
		workflow: join.workflowId,
		state: join.state,
		summary: summaryOf(join),
		policy: join.policy,
		atOnce: join.atOnce,
		children: countsToWire(join, underWay),
		parent: join.parent,
		ticketId: join.ticketId,
		deadlineAt: join.deadlineAt?.toISOString() ?? null,
		createdAt: join.createdAt.toISOString(),
		finishedAt: join.finishedAt?.toISOString() ?? null,
	};
}

export function childToWire(child: JoinChild): ChildResult {
	return { ...child, state: child.state === 'open' ? 'waiting' : child.state };
}

/** For the parent that is woken. */
export function joinResultToWire(join: Join, children: JoinChild[] | null): JoinResult {
	return {
		joinId: join.id,
		// It is over, or its parent would not be woken.
		state: join.state === 'running' ? 'failed' : join.state,
		summary: summaryOf(join),
		counts: countsToWire(join, 0),
		children: children?.map(childToWire) ?? null,
	};
}

export const exampleJoin: WireJoin = {
	id: '0198c0de-0000-7000-8000-000000000070',
	environment: 'production',
	workflow: 'Zq81mPb2R7sT5cVn',
	state: 'running',
	summary: '12 of 200 children have ended.',
	policy: { mode: 'collect' },
	atOnce: 20,
	children: { total: 200, waiting: 168, running: 20, succeeded: 11, failed: 1, cancelled: 0 },
	parent: { executionId: '4711', nodeId: '2f0c5a3e-6d64-4a52-9c41-0f3f5ad2f7c1', visit: 1 },
	ticketId: '0198c0de-0000-7000-8000-000000000060',
	deadlineAt: null,
	createdAt: '2031-04-01T12:00:00.000Z',
	finishedAt: null,
};
