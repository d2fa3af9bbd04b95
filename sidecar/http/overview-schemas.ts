import { z } from 'zod';
import { ledgerNames } from '../conservation/ledger';
import type {
	Overview as WireOverview,
	WorkflowAcross as WireWorkflow,
} from '../contract/overview';
import { errorClasses } from '../dead-letters/dead-letter';
import type { Overview, WorkflowAcross } from '../overview/overview';
import { dateTime } from './wire-schemas';

const count = z.int().min(0);

export const overviewSchema = z
	.strictObject({
		at: dateTime,
		environments: z.array(
			z.strictObject({
				name: z.string(),
				stage: z.int(),
				seenAt: dateTime.nullable().meta({ description: 'When what it ran was last read.' }),
				succeeded: count,
				failed: count,
				queued: count,
				running: count,
				letters: count,
				drift: count,
				driftError: z.string().nullable(),
				paused: count,
			}),
		),
		course: z
			.array(z.strictObject({ at: dateTime, succeeded: count, failed: count }))
			.meta({ description: '24 whole hours, the oldest first; the last is the current one.' }),
		letters: z
			.array(z.strictObject({ errorClass: z.enum(errorClasses), count }))
			.meta({ description: 'Dead letters waiting, scheduled or replaying.' }),
		failing: z
			.array(
				z.strictObject({
					environment: z.string(),
					workflowId: z.string(),
					name: z.string().nullable(),
					finished: count,
					failed: count,
				}),
			)
			.meta({ description: 'Workflows with the most failed runs.' }),
		openCircuits: z.array(z.string()),
		waitingPromotions: count,
		ledgers: z
			.array(
				z.strictObject({
					ledger: z.enum(ledgerNames),
					accepted: z.int(),
					completed: z.int(),
					deadLettered: z.int(),
					discarded: z.int(),
					inFlight: z.int(),
					imbalance: z.int(),
				}),
			)
			.meta({
				description:
					'As in GET /conservation, of the whole fleet; empty for who may see one environment only.',
			}),
	})
	.meta({ id: 'Overview' });

export const workflowAcrossSchema = z
	.strictObject({
		workflowKey: z.string(),
		name: z.string(),
		latestVersion: z.int(),
		environments: z.array(
			z.strictObject({
				environment: z.string(),
				workflowId: z.string(),
				expected: z
					.strictObject({
						versionId: z.string(),
						number: z.int().nullable(),
						source: z.string(),
						at: dateTime,
					})
					.nullable()
					.meta({ description: 'What was last promoted into it, or adopted there.' }),
				newest: z
					.int()
					.nullable()
					.meta({ description: 'Number of the newest version that was taken there.' }),
				paused: z.boolean(),
				drift: z.array(z.string()).meta({ description: 'Kinds that nobody accepted.' }),
				succeeded: count,
				failed: count,
			}),
		),
	})
	.meta({ id: 'WorkflowAcross' });

export function overviewToWire(overview: Overview): WireOverview {
	const { at, environments, course, ...rest } = overview;
	return {
		...rest,
		at: at.toISOString(),
		environments: environments.map(({ seenAt, ...figures }) => ({
			...figures,
			seenAt: seenAt?.toISOString() ?? null,
		})),
		course: course.map((hour) => ({ ...hour, at: hour.at.toISOString() })),
	};
}

export function workflowAcrossToWire({ environments, ...workflow }: WorkflowAcross): WireWorkflow {
	return {
		...workflow,
		environments: environments.map(({ expected, ...place }) => ({
			...place,
			expected: expected && { ...expected, at: expected.at.toISOString() },
		})),
	};
}

export const exampleOverview: WireOverview = {
	at: '2031-04-01T12:20:00.000Z',
	environments: [
		{
			name: 'production',
			stage: 30,
			seenAt: '2031-04-01T12:19:58.000Z',
			succeeded: 1204,
			failed: 3,
			queued: 0,
			running: 2,
			letters: 1,
			drift: 0,
			driftError: null,
			paused: 0,
		},
	],
	course: [{ at: '2031-04-01T12:00:00.000Z', succeeded: 52, failed: 1 }],
	letters: [{ errorClass: 'transient', count: 1 }],
	failing: [
		{
			environment: 'production',
			workflowId: 'Zq81mPb2R7sT5cVn',
			name: 'Order intake',
			finished: 320,
			failed: 3,
		},
	],
	openCircuits: ['supplier'],
	waitingPromotions: 1,
	ledgers: [
		{
			ledger: 'executions',
			accepted: 1210,
			completed: 1204,
			deadLettered: 3,
			discarded: 1,
			inFlight: 2,
			imbalance: 0,
		},
	],
};

export const exampleWorkflowAcross: WireWorkflow = {
	workflowKey: 'order-intake-00000010',
	name: 'Order intake',
	latestVersion: 3,
	environments: [
		{
			environment: 'production',
			workflowId: 'Zq81mPb2R7sT5cVn',
			expected: {
				versionId: '0198c0de-7a11-7c0d-8000-000000000010',
				number: 2,
				source: 'promotion',
				at: '2031-04-01T12:00:00.000Z',
			},
			newest: null,
			paused: false,
			drift: [],
			succeeded: 320,
			failed: 3,
		},
	],
};
