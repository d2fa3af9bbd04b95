import { z } from 'zod';
import type { RehearsalReport } from '../contract/rehearsals';
import {
	verdicts,
	type Rehearsal,
	type RehearsalOrder,
	type RehearsedLetter,
} from '../dead-letters/rehearsal/rehearsal';
import { filterFrom, filterSchema, filterToWire } from './replay-schemas';
import { dateTime, environmentName } from './wire-schemas';

const filter = filterSchema.omit({ workflow: true });

export const rehearsalInput = z
	.strictObject({
		filter,
		version: z.uuid(),
		environment: environmentName,
		limit: z.int().min(1).max(100).default(20),
	})
	.meta({ id: 'RehearsalRequest' });

export function rehearsalOrderOf(input: z.output<typeof rehearsalInput>): RehearsalOrder {
	const { version: versionId, environment, limit } = input;
	return { filter: filterFrom(input.filter), versionId, environment, limit };
}

export const rehearsalSchema = z
	.strictObject({
		id: z.string(),
		state: z.enum(['running', 'finished']),
		reason: z.string().nullable(),
		filter,
		version: z.string(),
		environment: z.string(),
		requestedBy: z.string(),
		createdAt: dateTime,
		finishedAt: dateTime.nullable(),
		progress: z.strictObject({
			total: z.int(),
			waiting: z.int(),
			succeeds: z.int(),
			fails: z.int(),
			cannotTell: z.int(),
		}),
	})
	.meta({ id: 'Rehearsal' });

export const rehearsalReportSchema = rehearsalSchema
	.extend({
		letters: z.array(
			z.strictObject({
				letterId: z.string(),
				verdict: z.enum(verdicts).nullable(),
				node: z.string().nullable(),
				message: z.string().nullable(),
				executionId: z.string().nullable(),
				assumed: z.array(z.strictObject({ node: z.string(), executionId: z.string() })),
			}),
		),
	})
	.meta({ id: 'RehearsalReport' });

export function rehearsalToWire(rehearsal: Rehearsal): z.input<typeof rehearsalSchema> {
	const { total, waiting, succeeds, fails, 'cannot-tell': cannotTell } = rehearsal.counts;
	return {
		id: rehearsal.id,
		state: rehearsal.state,
		reason: rehearsal.reason,
		filter: filterToWire(rehearsal.filter),
		version: rehearsal.versionId,
		environment: rehearsal.environment,
		requestedBy: rehearsal.requestedBy,
		createdAt: rehearsal.createdAt.toISOString(),
		finishedAt: rehearsal.finishedAt?.toISOString() ?? null,
		progress: { total, waiting, succeeds, fails, cannotTell },
	};
}

export function reportToWire(
	rehearsal: Rehearsal,
	letters: RehearsedLetter[],
): z.input<typeof rehearsalReportSchema> {
	const untold = { verdict: null, node: null, message: null, executionId: null, assumed: [] };
	return {
		...rehearsalToWire(rehearsal),
		letters: letters.map(({ letterId, result }) => ({ letterId, ...(result ?? untold) })),
	};
}

export const exampleRehearsal: RehearsalReport = {
	id: '0198c0de-0000-7000-8000-000000000070',
	state: 'finished',
	reason: null,
	filter: { environment: 'production', fingerprint: '5c0e1f6a2d3b4c5d6e7f8091a2b3c4d5' },
	version: '0198c0de-0000-7000-8000-000000000020',
	environment: 'staging',
	requestedBy: 'admin',
	createdAt: '2031-04-01T12:00:00.000Z',
	finishedAt: '2031-04-01T12:00:09.000Z',
	progress: { total: 2, waiting: 0, succeeds: 1, fails: 0, cannotTell: 1 },
	letters: [
		{
			letterId: '0198c0de-0000-7000-8000-000000000041',
			verdict: 'succeeds',
			node: null,
			message: null,
			executionId: '512',
			assumed: [{ node: 'Send receipt', executionId: '498' }],
		},
		{
			letterId: '0198c0de-0000-7000-8000-000000000040',
			verdict: 'cannot-tell',
			node: 'Charge card',
			message: '"Charge card" reaches outside, and no execution has recorded what it gives.',
			executionId: '513',
			assumed: [],
		},
	],
};
