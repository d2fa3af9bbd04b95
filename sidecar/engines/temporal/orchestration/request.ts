import { z } from 'zod';
import { errorClasses } from '../../../dead-letters/dead-letter';
import { defaultPolicy, type Input, type Policy } from '../../../executions/execution';
import type { JoinPolicy } from '../../../joins/join';
import { OrchestrationError } from '../../../kernel/errors';
import { shippedTypes, type ShippedType } from './shipped';

/** What an orchestration runs, on which n8n, and how patiently. */
export interface OrchestrationRequest {
	/** Name of an environment whose engine is n8n. */
	environment: string;
	/** Id of a workflow there, or key. */
	workflow: string;
	/** Id of a version of ours; null: what is live. */
	version: string | null;
	children: Input[];
	atOnce: number;
	policy: JoinPolicy;
	/** Of one child; `circuit` and `rateLimit` are asked before each attempt. */
	retry: Policy;
	tenant: string | null;
	priority: number;
	/** From the start of a child, all its attempts and pauses together. */
	childDeadlineMs: number | null;
	/** From the start of the whole. */
	deadlineMs: number | null;
	/** Whether a child that failed for good is kept as a dead letter of its environment. */
	letters: boolean;
	/** Events in the history of one run, after which it goes on as a new one. */
	eventsPerRun: number;
}

const year = 366 * 86_400_000;
const milliseconds = z.int().min(1).max(year);
const name = z.string().min(1).max(200);
const item = z.strictObject({
	json: z.record(z.string(), z.unknown()),
	binary: z.record(z.string(), z.unknown()).optional(),
});
const work = {
	payload: z.unknown().optional(),
	items: z.array(item).min(1).max(10_000).optional(),
};
const target = {
	environment: name,
	workflow: name,
	version: z.uuid().optional(),
	retry: z
		.strictObject({
			attempts: z.int().min(1).max(50).optional(),
			baseDelayMs: z.int().min(0).max(year).optional(),
			maxDelayMs: z.int().min(0).max(year).optional(),
			factor: z.number().min(1).max(100).optional(),
			jitter: z.number().min(0).max(1).optional(),
			retryOn: z.array(z.enum(errorClasses)).optional(),
		})
		.optional(),
	circuit: name.optional(),
	rateLimit: name.optional(),
	tenant: name.optional(),
	priority: z.int().min(-100).max(100).optional(),
	deadlineMs: milliseconds.optional(),
	letters: z.boolean().optional(),
	eventsPerRun: z.int().min(50).max(20_000).optional(),
};
const both = { error: 'expected payload or items, not both', path: ['items'] };
const notBoth = ({ payload, items }: { payload?: unknown; items?: unknown }) =>
	payload === undefined || items === undefined;

const run = z.strictObject({ ...target, ...work }).refine(notBoth, both);
const fanOut = z
	.strictObject({
		...target,
		children: z.array(z.strictObject(work).refine(notBoth, both)).min(1).max(10_000),
		atOnce: z.int().min(1).max(1_000).optional(),
		policy: z
			.union([
				z.strictObject({ mode: z.enum(['all', 'collect', 'first']) }),
				z.strictObject({ mode: z.literal('quorum'), quorum: z.int().min(1) }),
			])
			.optional(),
		childDeadlineMs: milliseconds.optional(),
	})
	.refine(({ policy, children }) => policy?.mode !== 'quorum' || policy.quorum <= children.length, {
		error: 'expected a quorum of at most the number of children',
		path: ['policy', 'quorum'],
	});

/**
 * Reads what a shipped workflow was given.
 * @throws invalid_request with every fault and where it is, payload_too_large
 */
export function readRequest(type: string, given: unknown): OrchestrationRequest {
	switch (type as ShippedType) {
		case 'orchestration.run': {
			const { payload, items, ...asked } = parsed(type, run, given);
			return {
				...common(asked),
				children: [inputOf({ payload, items })],
				atOnce: 1,
				policy: { mode: 'all' },
				childDeadlineMs: null,
				// Its end is the end of the whole, which whoever started it is told.
				letters: asked.letters ?? false,
			};
		}
		case 'orchestration.fanOut': {
			const asked = parsed(type, fanOut, given);
			return {
				...common(asked),
				children: asked.children.map(inputOf),
				atOnce: asked.atOnce ?? 10,
				policy: asked.policy ?? { mode: 'all' },
				childDeadlineMs: asked.childDeadlineMs ?? null,
				letters: asked.letters ?? true,
			};
		}
		default:
			throw new OrchestrationError(
				'invalid_request',
				`Expected one of the workflows ${shippedTypes.join(', ')}, got "${type.slice(0, 200)}". ` +
					'Names that begin with "orchestration." are kept for them.',
			);
	}
}

function common({ retry = {}, circuit, rateLimit, ...asked }: Target) {
	const { environment, workflow, version, tenant, priority, deadlineMs, eventsPerRun } = asked;
	return {
		environment,
		workflow,
		version: version ?? null,
		retry: {
			...defaultPolicy,
			...retry,
			circuit: circuit ?? null,
			rateLimit: rateLimit ?? null,
		},
		tenant: tenant ?? null,
		priority: priority ?? 0,
		deadlineMs: deadlineMs ?? null,
		// Where a server suggests it, too; at 51 200 it would end the run.
		eventsPerRun: eventsPerRun ?? 4_000,
	};
}

/** Goes along with what has become of 10 000 children, in the 2 MB that Temporal takes in a payload. */
const mostBytes = 900_000;

function assertFits(type: string, given: unknown): void {
	const bytes = Buffer.byteLength(JSON.stringify(given));
	if (bytes <= mostBytes) return;
	throw new OrchestrationError(
		'payload_too_large',
		`Expected at most ${mostBytes} bytes of payload for ${type}, got ${bytes}. Give each child a reference to its data, or begin several orchestrations.`,
		{ details: { bytes, mostBytes } },
	);
}

type Target = Omit<z.output<typeof run>, 'payload' | 'items'>;

function inputOf({ payload, items }: z.output<z.ZodObject<typeof work>>): Input {
	return items ? { items } : { payload: payload ?? {} };
}

function parsed<T>(type: string, schema: z.ZodType<T>, given: unknown): T {
	const result = schema.safeParse(given);
	if (result.success) assertFits(type, given);
	if (result.success) return result.data;
	const problems = result.error.issues.map(({ path, message }) => ({
		path: path.join('.'),
		message,
	}));
	const told = problems.slice(0, 5).map(({ path, message }) => `${path || 'payload'}: ${message}`);
	throw new OrchestrationError(
		'invalid_request',
		`The payload of ${type} is not as expected. ${told.join('; ')}.`,
		{ details: { problems } },
	);
}
