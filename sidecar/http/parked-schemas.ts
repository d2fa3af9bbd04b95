import { z } from 'zod';
import type { Parked as WireParked } from '../contract/parking';
import { goneReasons, type Parked, parkedStates, summaryOf } from '../parking/parked';
import { dateTime, environmentName, plainText } from './wire-schemas';

/** Where an execution waits; also of the parent of a join. */
export const waitingFields = {
	executionId: plainText(100),
	resumeToken: z
		.string()
		.regex(/^[\x21-\x7e]{1,500}$/, { error: 'expected the signature in $execution.resumeUrl' }),
	nodeId: plainText(200),
	visit: z.int().min(0).max(2_147_483_647),
	workflowId: plainText(200).optional(),
};

const longestMs = 366 * 86_400_000;

export const parkInput = z
	.strictObject({
		environment: environmentName.optional(),
		...waitingFields,
		resumeAt: dateTime.optional(),
		waitMs: z.int().min(0).max(longestMs).optional(),
	})
	.refine(({ resumeAt, waitMs }) => (resumeAt === undefined) !== (waitMs === undefined), {
		error: 'expected either resumeAt or waitMs',
		path: ['resumeAt'],
	})
	.meta({ id: 'ParkRequest' });

export const parkedSchema = z
	.strictObject({
		id: z.string(),
		environment: z.string(),
		executionId: z.string(),
		nodeId: z.string(),
		visit: z.int(),
		workflowId: z.string().nullable(),
		state: z.enum(parkedStates),
		summary: z.string(),
		resumeAt: dateTime.nullable(),
		joinId: z.string().nullable(),
		attempts: z.int(),
		nextAttemptAt: dateTime.nullable(),
		trouble: z.string().nullable(),
		goneBecause: z.enum(goneReasons).nullable(),
		createdAt: dateTime,
		updatedAt: dateTime,
		settledAt: dateTime.nullable(),
	})
	.meta({ id: 'Parked' });

export function parkedToWire(parked: Parked): WireParked {
	return {
		id: parked.id,
		environment: parked.environment,
		executionId: parked.executionId,
		nodeId: parked.nodeId,
		visit: parked.visit,
		workflowId: parked.workflowId,
		state: parked.state,
		summary: summaryOf(parked),
		resumeAt: parked.wakeAt?.toISOString() ?? null,
		joinId: parked.joinId,
		attempts: parked.attempts,
		// While it is being resumed this is the end of a lease, which concerns nobody outside.
		nextAttemptAt: parked.state === 'parked' ? (parked.dueAt?.toISOString() ?? null) : null,
		trouble: parked.trouble,
		goneBecause: parked.goneBecause,
		createdAt: parked.createdAt.toISOString(),
		updatedAt: parked.updatedAt.toISOString(),
		settledAt: parked.settledAt?.toISOString() ?? null,
	};
}

export const exampleParked: WireParked = {
	id: '0198c0de-0000-7000-8000-000000000060',
	environment: 'production',
	executionId: '4711',
	nodeId: '2f0c5a3e-6d64-4a52-9c41-0f3f5ad2f7c1',
	visit: 1,
	workflowId: 'Zq81mPb2R7sT5cVn',
	state: 'parked',
	summary: 'Waits until 2031-04-01T12:00:00.000Z.',
	resumeAt: '2031-04-01T12:00:00.000Z',
	joinId: null,
	attempts: 0,
	nextAttemptAt: '2031-04-01T12:00:00.000Z',
	trouble: null,
	goneBecause: null,
	createdAt: '2031-04-01T11:00:00.000Z',
	updatedAt: '2031-04-01T11:00:00.000Z',
	settledAt: null,
};
