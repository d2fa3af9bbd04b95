import { z } from 'zod';
import type { ReplaySchedule as WireSchedule } from '../contract/replays';
import {
	runOutcomes,
	type ReplaySchedule,
	type ScheduleOrder,
} from '../dead-letters/schedules/replay-schedule';
import { isCron } from '../kernel/cron';
import { bulkReplayInput, filterSchema, filterToWire, orderOf } from './replay-schemas';
import { quietHours, timeZone } from './time-schemas';
import { dateTime, plainText } from './wire-schemas';

const day = 86_400_000;
const filter = filterSchema.omit({ ids: true });

const cron = plainText(100).refine(isCron, {
	error: 'expected five cron fields, like `0 3 * * *` for three in the night',
});

const ladderMs = z
	.array(
		z
			.int()
			.min(1_000)
			.max(30 * day),
	)
	.min(1)
	.max(20);

export const replayScheduleInput = bulkReplayInput
	.safeExtend({
		filter,
		cron,
		timeZone: timeZone.default('UTC'),
		ladderMs: ladderMs.nullable().default(null),
		enabled: z.boolean().default(true),
		dryRun: z.never().optional(),
	})
	.meta({ id: 'ReplayScheduleInput' });

export function scheduleOrderOf(input: z.output<typeof replayScheduleInput>): ScheduleOrder {
	const { cron: expression, timeZone: zone, ladderMs: ladder, enabled } = input;
	return {
		...orderOf(input),
		cron: expression,
		timeZone: zone,
		ladderMs: ladder,
		enabled,
	};
}

export const replayScheduleSchema = z
	.strictObject({
		name: z.string(),
		filter,
		strategy: z.enum(['retry', 'redeliver']),
		version: z.string().nullable(),
		rate: z.number(),
		liveRatio: z.number().nullable(),
		quietHours: quietHours.nullable(),
		circuit: z.string().nullable(),
		rateLimit: z.string().nullable(),
		cron: z.string(),
		timeZone: z.string(),
		ladderMs: z.array(z.number()).nullable(),
		enabled: z.boolean(),
		nextRunAt: dateTime.nullable(),
		lastRunAt: dateTime.nullable(),
		lastOutcome: z.enum(runOutcomes).nullable(),
		lastReplayId: z.string().nullable(),
		createdAt: dateTime,
		updatedAt: dateTime,
	})
	.meta({ id: 'ReplaySchedule' });

export function scheduleToWire(schedule: ReplaySchedule): z.input<typeof replayScheduleSchema> {
	const { nextRunAt, lastRunAt, createdAt, updatedAt, ...same } = schedule;
	return {
		...same,
		filter: filterToWire(schedule.filter),
		nextRunAt: nextRunAt?.toISOString() ?? null,
		lastRunAt: lastRunAt?.toISOString() ?? null,
		createdAt: createdAt.toISOString(),
		updatedAt: updatedAt.toISOString(),
	};
}

export const exampleSchedule: WireSchedule = {
	name: 'nightly-transient',
	filter: { environment: 'production', errorClass: 'transient' },
	strategy: 'redeliver',
	version: 'live',
	rate: 2,
	liveRatio: 1.2,
	quietHours: { from: '08:00', to: '18:00', timeZone: 'Europe/Vienna' },
	circuit: null,
	rateLimit: 'receipt-service',
	cron: '*/15 * * * *',
	timeZone: 'Europe/Vienna',
	ladderMs: [900_000, 3_600_000, 21_600_000],
	enabled: true,
	nextRunAt: '2031-04-01T18:00:00.000Z',
	lastRunAt: '2031-04-01T05:45:00.000Z',
	lastOutcome: 'started',
	lastReplayId: '0198c0de-0000-7000-8000-000000000060',
	createdAt: '2031-03-01T12:00:00.000Z',
	updatedAt: '2031-03-01T12:00:00.000Z',
};
