import { z } from 'zod';
import type { DriftFinding as WireFinding, DriftReport } from '../contract/drift';
import { driftKinds, driftWeights } from '../drift/drift';
import type { DriftFinding } from '../drift/drift-store';
import { isSchedule } from '../drift/schedule';
import { dateTime, plainText } from './wire-schemas';

const kind = z.enum(driftKinds);

export const findingSchema = z
	.strictObject({
		id: z.string(),
		workflowKey: z.string(),
		workflowId: z.string(),
		name: z.string(),
		kind,
		weight: z.enum(driftWeights),
		diff: z.string().meta({ description: 'Node by node, secrets masked.' }),
		since: dateTime,
		author: z.string().nullable(),
		authoredAt: dateTime.nullable(),
		accepted: z.strictObject({ until: dateTime, reason: z.string(), by: z.string() }).nullable(),
	})
	.meta({ id: 'DriftFinding' });

export const reportSchema = z
	.strictObject({
		environment: z.string(),
		inSync: z.boolean().meta({ description: 'No finding that nobody has accepted.' }),
		scannedAt: dateTime.nullable(),
		lastError: z.string().nullable(),
		nextScanAt: dateTime.nullable(),
		waitingFor: z
			.string()
			.nullable()
			.meta({ description: 'A promotion that is writing: what was found before is shown.' }),
		workflows: z.int(),
		data: z.array(findingSchema),
		nextCursor: z.string().nullable(),
		unmanaged: z
			.array(z.strictObject({ id: z.string(), name: z.string() }))
			.meta({ description: 'Live, and never promoted or adopted.' }),
	})
	.meta({ id: 'DriftReport' });

const workflow = plainText(200).meta({
	description: 'Key or id of the workflow.',
	example: 'order-intake-0198c0de',
});
export const workflowFilter = plainText(200).optional().meta({
	description:
		'Only findings of this workflow, by its key or id. Everything else is told of the environment.',
	example: 'order-intake-0198c0de',
});
const basedOn = plainText(300).optional().meta({
	description: '`revision` of the workflow that was looked at. Default: whatever it is now.',
});

export const adoptInput = z.strictObject({ workflow, basedOn });
export const revertInput = z.strictObject({
	workflow,
	basedOn,
	message: plainText(1_000).optional(),
});
export const acceptInput = z.strictObject({
	workflow,
	kinds: z.array(kind).min(1).optional(),
	until: dateTime,
	reason: plainText(1_000),
});

export const ruleSchema = z
	.strictObject({
		schedule: z
			.string()
			.max(200)
			.refine(isSchedule, { error: 'expected five cron fields, or off' })
			.meta({ description: 'Five cron fields in UTC, or `off`.', example: '*/15 * * * *' }),
		ignored: z
			.array(kind)
			.meta({ description: 'Kinds that belong to the environment and are no drift there.' }),
	})
	.meta({ id: 'DriftRule' });

export function findingToWire(finding: DriftFinding): WireFinding {
	const { id, workflowKey, workflowId, name, diff, author, accepted } = finding;
	return {
		id,
		workflowKey,
		workflowId,
		name,
		kind: finding.kind,
		weight: finding.weight,
		diff,
		since: finding.since.toISOString(),
		author,
		authoredAt: finding.authoredAt?.toISOString() ?? null,
		accepted: accepted && { ...accepted, until: accepted.until.toISOString() },
	};
}

export const exampleFinding: WireFinding = {
	id: '0198c0de-7a11-7c0d-8000-00000000000a',
	workflowKey: 'order-intake-0198c0de',
	workflowId: 'k3XvY0q1mJ8sT2aB',
	name: 'Order intake',
	kind: 'live',
	weight: 'behaviour',
	diff: '~ node "Work"\n    parameters.jsCode: "return 1;" → "return 2;"',
	since: '2031-04-01T12:00:00.000Z',
	author: 'Ada Byron',
	authoredAt: '2031-04-01T11:58:00.000Z',
	accepted: null,
};
export const exampleReport: DriftReport = {
	environment: 'production',
	inSync: false,
	scannedAt: '2031-04-01T12:00:00.000Z',
	lastError: null,
	nextScanAt: '2031-04-01T12:15:00.000Z',
	waitingFor: null,
	workflows: 42,
	data: [exampleFinding],
	nextCursor: null,
	unmanaged: [],
};
