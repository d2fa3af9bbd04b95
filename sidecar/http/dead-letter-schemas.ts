import { z } from 'zod';
import type { DeadLetterDetail } from '../contract/dead-letters';
import {
	deadLetterStates,
	errorClasses,
	severities,
	type DeadLetter,
	type LetterSummary,
	type Replay,
} from '../dead-letters/dead-letter';
import type { LetterRequest } from '../dead-letters/accept-letter';
import { dateTime, environmentName, plainText } from './wire-schemas';

const itemSchema = z.strictObject({
	json: z.record(z.string(), z.unknown()),
	binary: z.record(z.string(), z.unknown()).optional(),
});

/** Postgres takes no U+0000 in a text; payloads are kept as JSON and may hold it. */
const message = z.string().max(100_000);

const letterFields = z.strictObject({
	origin: z.enum(['error-output', 'error-workflow', 'api']),
	workflowId: plainText(200),
	workflowName: plainText(500).optional(),
	executionId: plainText(100).optional(),
	executionUrl: z
		.url({ protocol: /^https?$/ })
		.max(2000)
		.optional(),
	retryOf: plainText(100).optional(),
	position: z
		.strictObject({
			node: plainText(500),
			run: z.int().min(0),
			item: z.int().min(0),
		})
		.optional(),
	trigger: z.strictObject({ node: plainText(500), items: z.array(itemSchema) }).optional(),
	failedInput: z.array(itemSchema).optional(),
	error: z.strictObject({
		node: message.optional(),
		name: message.optional(),
		message,
		description: message.optional(),
		httpStatus: z.int().min(100).max(599).optional(),
	}),
	errorClass: z.enum(errorClasses).optional(),
	severity: z.enum(severities).optional(),
	fingerprint: plainText(500).optional(),
	ttlSeconds: z.int().min(1).max(31_536_000).optional(),
	note: plainText(2000).optional(),
});

const hasPositionInPlace = (letter: { origin: string; position?: unknown }) =>
	letter.origin === 'error-output' || letter.position === undefined;
const misplaced = {
	error: 'expected a position only with the origin error-output',
	path: ['position'],
};

export const deadLetterInput = letterFields
	.extend({ environment: environmentName.optional() })
	.refine(hasPositionInPlace, misplaced)
	.meta({ id: 'DeadLetterInput' });

export const mostLetters = 1000;

export const deadLetterBatch = z
	.strictObject({
		environment: environmentName.optional(),
		letters: z.array(letterFields.refine(hasPositionInPlace, misplaced)).min(1).max(mostLetters),
	})
	.meta({ id: 'DeadLetterBatch' });

export const deadLetterSchema = z
	.strictObject({
		id: z.string(),
		environment: z.string(),
		state: z.enum(deadLetterStates),
		origin: z.enum(['error-output', 'error-workflow', 'follower', 'api', 'execution']),
		workflowId: z.string(),
		workflowKey: z.string().nullable(),
		workflowName: z.string().nullable(),
		executionId: z.string().nullable(),
		executionUrl: z.string().nullable(),
		error: z.strictObject({
			node: z.string().nullable(),
			name: z.string(),
			message: z.string(),
			description: z.string().nullable(),
			httpStatus: z.int().nullable(),
		}),
		errorClass: z.enum(errorClasses),
		severity: z.enum(severities),
		fingerprint: z.string().nullable(),
		incident: z.string().nullable(),
		occurrences: z.int(),
		versionId: z.string().nullable(),
		attempts: z.int(),
		nextReplayAt: dateTime.nullable(),
		note: z.string().nullable(),
		createdAt: dateTime,
		updatedAt: dateTime,
		expiresAt: dateTime,
		archivedAt: dateTime.nullable(),
	})
	.meta({ id: 'DeadLetter' });

export const deadLetterBatchAnswer = z
	.strictObject({ letters: z.array(deadLetterSchema) })
	.meta({ id: 'DeadLetterBatchAnswer' });

export const deadLetterDetailSchema = deadLetterSchema
	.extend({
		trigger: z.strictObject({ node: z.string(), items: z.array(itemSchema) }).nullable(),
		failedInput: z.array(itemSchema),
		replays: z.array(
			z.strictObject({
				number: z.int(),
				strategy: z.enum(['retry', 'redeliver']),
				version: z.string().nullable(),
				status: z.enum(['running', 'in-doubt', 'succeeded', 'failed']),
				executionId: z.string().nullable(),
				message: z.string().nullable(),
				requestedBy: z.string(),
				startedAt: dateTime,
				finishedAt: dateTime.nullable(),
			}),
		),
	})
	.meta({ id: 'DeadLetterDetail' });

/** What somebody reports, as the use case takes it. */
export function letterFromWire(input: z.output<typeof letterFields>): LetterRequest {
	const { error, ...letter } = input;
	return {
		...letter,
		error: {
			node: error.node ?? null,
			name: error.name ?? 'Error',
			message: error.message,
			description: error.description ?? null,
			httpStatus: error.httpStatus ?? null,
		},
	};
}

export function letterToWire(letter: LetterSummary): z.input<typeof deadLetterSchema> {
	return {
		id: letter.id,
		environment: letter.environment,
		state: letter.state,
		origin: letter.origin,
		workflowId: letter.workflowId,
		workflowKey: letter.workflowKey,
		workflowName: letter.workflowName,
		executionId: letter.executionId,
		executionUrl: letter.executionUrl,
		error: letter.error,
		errorClass: letter.errorClass,
		severity: letter.severity,
		fingerprint: letter.fingerprint,
		incident: letter.incident,
		occurrences: letter.occurrences,
		versionId: letter.versionId,
		attempts: letter.attempts,
		nextReplayAt: letter.nextReplayAt?.toISOString() ?? null,
		note: letter.note,
		createdAt: letter.createdAt.toISOString(),
		updatedAt: letter.updatedAt.toISOString(),
		expiresAt: letter.expiresAt.toISOString(),
		archivedAt: letter.archivedAt?.toISOString() ?? null,
	};
}

export function letterDetailToWire(
	letter: DeadLetter,
	replays: Replay[],
): z.input<typeof deadLetterDetailSchema> {
	return {
		...letterToWire(letter),
		trigger: letter.trigger,
		failedInput: letter.failedInput,
		replays: replays.map((replay) => ({
			number: replay.number,
			strategy: replay.strategy,
			version: replay.version,
			status: replay.status,
			executionId: replay.executionId,
			message: replay.message,
			requestedBy: replay.requestedBy,
			startedAt: replay.startedAt.toISOString(),
			finishedAt: replay.finishedAt?.toISOString() ?? null,
		})),
	};
}

export const exampleLetter: DeadLetterDetail = {
	id: '0198c0de-0000-7000-8000-000000000040',
	environment: 'production',
	state: 'waiting',
	origin: 'follower',
	workflowId: 'Zq81mPb2R7sT5cVn',
	workflowKey: 'order-intake-00000010',
	workflowName: 'Order intake',
	executionId: '4711',
	executionUrl: 'https://n8n.example.org/workflow/Zq81mPb2R7sT5cVn/executions/4711',
	error: {
		node: 'Send receipt',
		name: 'NodeApiError',
		message: 'Service unavailable',
		description: null,
		httpStatus: 503,
	},
	errorClass: 'transient',
	severity: 'error',
	fingerprint: null,
	incident: '5c0e1f6a2d3b4c5d6e7f8091a2b3c4d5',
	occurrences: 1,
	versionId: null,
	attempts: 0,
	nextReplayAt: null,
	note: null,
	createdAt: '2031-04-01T12:00:00.000Z',
	updatedAt: '2031-04-01T12:00:00.000Z',
	expiresAt: '2031-04-02T12:00:00.000Z',
	archivedAt: null,
	trigger: { node: 'Webhook', items: [{ json: { body: { order: 17 } } }] },
	failedInput: [{ json: { order: 17 } }],
	replays: [],
};
