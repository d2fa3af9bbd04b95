import { z } from 'zod';
import type {
	BulkReplayDetail,
	BulkReplayPreview as WirePreview,
	Incident as WireIncident,
} from '../contract/replays';
import {
	bulkStates,
	replayableStates,
	secondsFor,
	type BulkOrder,
	type BulkReplay,
} from '../dead-letters/bulk/bulk-replay';
import type { BulkPreview } from '../dead-letters/bulk/start-bulk-replay';
import { deadLetterStates, errorClasses } from '../dead-letters/dead-letter';
import type { Incident } from '../dead-letters/dead-letter-store';
import { freeKey } from './key-schema';
import { quietHours } from './time-schemas';
import { dateTime, environmentName, plainText } from './wire-schemas';

export const incidentFingerprint = z
	.string()
	.regex(/^[0-9a-f]{32}$/, { error: 'expected the fingerprint of an incident, 32 hex digits' })
	.meta({ description: 'Of an incident.', example: '5c0e1f6a2d3b4c5d6e7f8091a2b3c4d5' });

const strategy = z.enum(['retry', 'redeliver']);

export const filterSchema = z.strictObject({
	environment: environmentName,
	workflow: plainText(200).optional(),
	state: z.enum(replayableStates).optional(),
	errorClass: z.enum(errorClasses).optional(),
	fingerprint: incidentFingerprint.optional(),
	node: plainText(500).optional(),
	createdFrom: dateTime.optional(),
	createdTo: dateTime.optional(),
	ids: z.array(z.uuid()).min(1).max(1000).optional(),
});

export const paceInput = {
	rate: z.number().min(0.01).max(100).default(1),
	liveRatio: z
		.number()
		.min(1.05)
		.max(10)
		.nullable()
		.default(1.2)
		.meta({ description: 'Null: not slowed down by what happens live.' }),
	quietHours: quietHours.nullable().default(null),
};

export const bulkReplayInput = z
	.strictObject({
		filter: filterSchema,
		strategy: strategy.optional(),
		version: z.union([z.enum(['live', 'failed']), z.uuid()]).optional(),
		...paceInput,
		circuit: freeKey.nullable().default(null),
		rateLimit: freeKey.nullable().default(null),
		dryRun: z.boolean().optional(),
	})
	.refine(({ strategy: chosen, version }) => chosen !== 'retry' || version === undefined, {
		error: 'expected no version with retry, which runs what failed',
		path: ['version'],
	})
	.meta({ id: 'BulkReplayRequest' });

type Times<Time> = { createdFrom?: Time; createdTo?: Time };

export function filterFrom<Filter extends Times<string>>({
	createdFrom,
	createdTo,
	...filter
}: Filter): Omit<Filter, keyof Times<string>> & Times<Date> {
	return {
		...filter,
		...(createdFrom === undefined ? {} : { createdFrom: new Date(createdFrom) }),
		...(createdTo === undefined ? {} : { createdTo: new Date(createdTo) }),
	};
}

export function filterToWire<Filter extends Times<Date>>({
	createdFrom,
	createdTo,
	...filter
}: Filter): Omit<Filter, keyof Times<Date>> & Times<string> {
	return {
		...filter,
		...(createdFrom === undefined ? {} : { createdFrom: createdFrom.toISOString() }),
		...(createdTo === undefined ? {} : { createdTo: createdTo.toISOString() }),
	};
}

export function orderOf(input: z.output<typeof bulkReplayInput>): BulkOrder {
	const chosen = input.strategy ?? 'redeliver';
	return {
		filter: filterFrom(input.filter),
		strategy: chosen,
		version: chosen === 'retry' ? null : (input.version ?? 'live'),
		rate: input.rate,
		liveRatio: input.liveRatio,
		quietHours: input.quietHours,
		circuit: input.circuit,
		rateLimit: input.rateLimit,
	};
}

export const bulkPreviewSchema = z
	.strictObject({
		dryRun: z.literal(true),
		letters: z.int(),
		strategy,
		version: z.string().nullable(),
		seconds: z.int(),
		byWorkflow: z.array(
			z.strictObject({
				workflowId: z.string(),
				workflowKey: z.string().nullable(),
				workflowName: z.string().nullable(),
				letters: z.int(),
				liveVersionId: z.string().nullable(),
			}),
		),
		byClass: z.array(z.strictObject({ errorClass: z.enum(errorClasses), letters: z.int() })),
	})
	.meta({ id: 'BulkReplayPreview' });

export function previewToWire(
	order: BulkOrder,
	{ selected, letters, seconds, liveVersions }: BulkPreview,
): z.input<typeof bulkPreviewSchema> {
	const sum = (rows: Array<{ letters: number }>) =>
		rows.reduce((total, row) => total + row.letters, 0);
	const byWorkflow = Map.groupBy(selected, ({ workflowId }) => workflowId);
	const byClass = Map.groupBy(selected, ({ errorClass }) => errorClass);
	return {
		dryRun: true,
		letters,
		strategy: order.strategy,
		version: order.version,
		seconds,
		byWorkflow: [...byWorkflow].map(([workflowId, rows]) => ({
			workflowId,
			workflowKey: rows[0]?.workflowKey ?? null,
			workflowName: rows[0]?.workflowName ?? null,
			letters: sum(rows),
			liveVersionId: liveVersions.get(workflowId) ?? null,
		})),
		byClass: [...byClass].map(([errorClass, rows]) => ({ errorClass, letters: sum(rows) })),
	};
}

export const bulkReplaySchema = z
	.strictObject({
		id: z.string(),
		state: z.enum(bulkStates),
		reason: z.string().nullable(),
		filter: filterSchema,
		strategy,
		version: z.string().nullable(),
		rate: z.number(),
		liveRatio: z.number().nullable(),
		quietHours: quietHours.nullable(),
		circuit: z.string().nullable(),
		rateLimit: z.string().nullable(),
		pace: z.number(),
		requestedBy: z.string(),
		createdAt: dateTime,
		finishedAt: dateTime.nullable(),
		progress: z.strictObject({
			total: z.int(),
			waiting: z.int(),
			replaying: z.int(),
			replayed: z.int(),
			succeeded: z.int(),
			failed: z.int(),
			skipped: z.int(),
			secondsLeft: z.int(),
		}),
	})
	.meta({ id: 'BulkReplay' });

export const bulkReplayDetailSchema = bulkReplaySchema
	.extend({
		report: z.array(
			z.strictObject({
				result: z.enum(['failed', 'skipped']),
				message: z.string(),
				letters: z.int(),
			}),
		),
	})
	.meta({ id: 'BulkReplayDetail' });

export function bulkToWire(bulk: BulkReplay): z.input<typeof bulkReplaySchema> {
	const { filter, counts } = bulk;
	return {
		id: bulk.id,
		state: bulk.state,
		reason: bulk.reason,
		filter: filterToWire(filter),
		strategy: bulk.strategy,
		version: bulk.version,
		rate: bulk.rate,
		liveRatio: bulk.liveRatio,
		quietHours: bulk.quietHours,
		circuit: bulk.circuit,
		rateLimit: bulk.rateLimit,
		pace: bulk.pace,
		requestedBy: bulk.requestedBy,
		createdAt: bulk.createdAt.toISOString(),
		finishedAt: bulk.finishedAt?.toISOString() ?? null,
		progress: {
			...counts,
			replayed: counts.succeeded + counts.failed,
			secondsLeft: secondsFor(counts.waiting, bulk.pace),
		},
	};
}

export const incidentSchema = z
	.strictObject({
		fingerprint: z.string(),
		environment: z.string(),
		workflowId: z.string(),
		workflowKey: z.string().nullable(),
		workflowName: z.string().nullable(),
		node: z.string().nullable(),
		errorClass: z.enum(errorClasses),
		message: z.string(),
		letters: z.record(z.enum(deadLetterStates), z.int()),
		firstSeenAt: dateTime,
		lastSeenAt: dateTime,
		newestLetterId: z.string(),
	})
	.meta({ id: 'Incident' });

export function incidentToWire(incident: Incident): z.input<typeof incidentSchema> {
	const { sample } = incident;
	return {
		fingerprint: incident.incident,
		environment: incident.environment,
		workflowId: sample.workflowId,
		workflowKey: sample.workflowKey,
		workflowName: sample.workflowName,
		node: sample.error.node,
		errorClass: sample.errorClass,
		message: sample.error.message,
		letters: incident.letters,
		firstSeenAt: incident.firstSeenAt.toISOString(),
		lastSeenAt: incident.lastSeenAt.toISOString(),
		newestLetterId: sample.id,
	};
}

export const exampleBulkReplay: BulkReplayDetail = {
	id: '0198c0de-0000-7000-8000-000000000060',
	state: 'running',
	reason: null,
	filter: { environment: 'production', fingerprint: '5c0e1f6a2d3b4c5d6e7f8091a2b3c4d5' },
	strategy: 'redeliver',
	version: 'live',
	rate: 5,
	liveRatio: 1.2,
	quietHours: null,
	circuit: 'receipt-service',
	rateLimit: null,
	pace: 5,
	requestedBy: 'admin',
	createdAt: '2031-04-01T12:00:00.000Z',
	finishedAt: null,
	progress: {
		total: 120,
		waiting: 60,
		replaying: 4,
		replayed: 54,
		succeeded: 53,
		failed: 1,
		skipped: 2,
		secondsLeft: 12,
	},
	report: [
		{
			result: 'skipped',
			message: 'dead_letter_closed: Dead letter is resolved; only an open one can be replayed.',
			letters: 2,
		},
		{ result: 'failed', message: 'The receipt service is away', letters: 1 },
	],
};

export const exampleBulkPreview: WirePreview = {
	dryRun: true,
	letters: 120,
	strategy: 'redeliver',
	version: 'live',
	seconds: 24,
	byWorkflow: [
		{
			workflowId: 'Zq81mPb2R7sT5cVn',
			workflowKey: 'order-intake-00000010',
			workflowName: 'Order intake',
			letters: 120,
			liveVersionId: '8a4e5f10-9b7e-4f5b-8a4e-5f109b7e4f5b',
		},
	],
	byClass: [{ errorClass: 'transient', letters: 120 }],
};

export const exampleIncident: WireIncident = {
	fingerprint: '5c0e1f6a2d3b4c5d6e7f8091a2b3c4d5',
	environment: 'production',
	workflowId: 'Zq81mPb2R7sT5cVn',
	workflowKey: 'order-intake-00000010',
	workflowName: 'Order intake',
	node: 'Send receipt',
	errorClass: 'transient',
	message: 'Service unavailable',
	letters: { waiting: 118, scheduled: 0, replaying: 0, resolved: 2, discarded: 0, expired: 0 },
	firstSeenAt: '2031-04-01T11:40:00.000Z',
	lastSeenAt: '2031-04-01T12:00:00.000Z',
	newestLetterId: '0198c0de-0000-7000-8000-000000000040',
};
