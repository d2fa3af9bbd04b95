import { z } from 'zod';
import { acceptLetters } from '../dead-letters/accept-letter';
import {
	deadLetterStates,
	errorClasses,
	severities,
	type LetterSummary,
} from '../dead-letters/dead-letter';
import { discardLetter } from '../dead-letters/discard-letter';
import { findLetter } from '../dead-letters/find-letter';
import { restoreLetter } from '../dead-letters/restore-letter';
import { replayLetter } from '../dead-letters/replay';
import type { InBackground, ReplayPorts } from '../dead-letters/replay-ports';
import { requireEnvironment, type Actor } from './authenticate';
import {
	deadLetterBatch,
	deadLetterBatchAnswer,
	deadLetterDetailSchema,
	deadLetterInput,
	deadLetterSchema,
	exampleLetter,
	letterDetailToWire,
	letterFromWire,
	letterToWire,
} from './dead-letter-schemas';
import { idCursor } from './id-cursor';
import { pageOf, pageQuery, toPage } from './paging';
import { incidentFingerprint } from './replay-schemas';
import { environmentFor } from './environment-for';
import { type Route, defineRoute } from './route';
import { environmentName, plainText } from './wire-schemas';

export type DeadLettersDependencies = ReplayPorts &
	InBackground & {
		/** Reads the executions of new letters soon. */
		completeSoon(environment: string): void;
	};

const params = z.strictObject({ id: z.uuid() });
const example = { params: { id: exampleLetter.id }, response: exampleLetter };

export const replayInput = z
	.strictObject({
		strategy: z.enum(['retry', 'redeliver']).optional(),
		version: z.union([z.enum(['live', 'failed']), z.uuid()]).optional(),
		waitSeconds: z.int().min(0).max(60).optional(),
	})
	.refine(({ strategy, version }) => strategy !== 'retry' || version === undefined, {
		error: 'expected no version with retry, which runs what failed',
		path: ['version'],
	})
	.meta({ id: 'ReplayRequest' });

export function deadLettersRoutes(ports: DeadLettersDependencies): Route[] {
	const detail = async (id: string) =>
		letterDetailToWire(await findLetter(ports, id), await ports.letters.replaysOf(id));

	return [
		defineRoute({
			method: 'post',
			path: '/api/v1/dead-letters',
			summary: 'Keep a failure as a dead letter',
			description:
				'The letter is in the database when this answers. The same failure reported twice is one letter: 201 for a new one, 200 for one that is there. With `letters` up to 1000 are kept in one statement, all or none: 201 when any is new.',
			role: ['operator', 'node'],
			environment: ({ body }) => body.environment,
			body: z.union([deadLetterInput, deadLetterBatch]),
			responses: {
				201: z.union([deadLetterSchema, deadLetterBatchAnswer]),
				200: z.union([deadLetterSchema, deadLetterBatchAnswer]),
			},
			errors: ['environment_not_found'],
			examples: {
				body: {
					environment: 'production',
					origin: 'error-workflow',
					workflowId: 'Zq81mPb2R7sT5cVn',
					executionId: '4711',
					error: { message: 'Service unavailable', httpStatus: 503 },
				},
				response: letterExample(),
			},
		}).handledBy(async ({ body, actor }) => {
			const environment = await ports.environmentOf(environmentFor(body.environment, actor));
			const given = 'letters' in body ? body.letters : [body];
			const kept = await acceptLetters(ports, environment, given.map(letterFromWire));
			if (kept.some(({ letter }) => letter.capturedAt === null)) {
				ports.completeSoon(environment.name);
			}
			const letters = kept.map(({ letter }) => letterToWire(letter));
			return {
				status: kept.some(({ created }) => created) ? 201 : 200,
				body: 'letters' in body ? { letters } : (letters[0] as (typeof letters)[0]),
			};
		}),
		defineRoute({
			method: 'get',
			path: '/api/v1/dead-letters',
			summary: 'Dead letters, newest first',
			role: ['viewer', 'node'],
			environment: 'handler',
			query: pageQuery({
				environment: environmentName.optional(),
				state: z.enum(deadLetterStates).optional(),
				workflowId: plainText(200).optional(),
				executionId: plainText(100).optional(),
				errorClass: z.enum(errorClasses).optional(),
				severity: z.enum(severities).optional(),
				incident: incidentFingerprint.optional(),
			}),
			responses: { 200: pageOf(deadLetterSchema) },
			examples: { response: { data: [letterExample()], nextCursor: null } },
		}).handledBy(async ({ query, actor }) => {
			const { limit, cursor, ...filter } = query;
			const environment = filter.environment ?? actor.environment ?? undefined;
			if (environment !== undefined) requireEnvironment(actor, environment);
			const rows = await ports.letters.list(
				{ ...filter, ...(environment ? { environment } : {}) },
				{ limit: limit + 1, after: idCursor(cursor) },
			);
			return { status: 200, body: toPage(rows.map(letterToWire), query, (row) => row.id) };
		}),
		defineRoute({
			method: 'get',
			path: '/api/v1/dead-letters/{id}',
			summary: 'One dead letter with its payload and replays',
			role: ['viewer', 'node'],
			environment: 'handler',
			params,
			responses: { 200: deadLetterDetailSchema },
			errors: ['dead_letter_not_found'],
			examples: example,
		}).handledBy(async ({ params: { id }, actor }) => {
			await reachable(ports, id, actor);
			return { status: 200, body: await detail(id) };
		}),
		defineRoute({
			method: 'post',
			path: '/api/v1/dead-letters/{id}/replay',
			summary: 'Send a dead letter again',
			description:
				'redeliver (default) starts the workflow anew with what it was given, in the live version unless another is named; retry goes on from the failed node in n8n. Never twice at once.',
			role: ['operator', 'node'],
			environment: 'handler',
			params,
			body: replayInput.prefault({}),
			responses: { 202: deadLetterDetailSchema },
			errors: [
				'dead_letter_not_found',
				'dead_letter_busy',
				'dead_letter_closed',
				'replay_not_possible',
				'version_not_found',
			],
			examples: { ...example, body: { strategy: 'redeliver', version: 'live' } },
		}).handledBy(async ({ params: { id }, body, actor, signal }) => {
			await reachable(ports, id, actor);
			const { outcome } = await replayLetter(ports, {
				letterId: id,
				strategy: body.strategy ?? 'redeliver',
				version: body.version ?? 'live',
				requestedBy: actor.name,
			});
			ports.inBackground(outcome);
			const waitMs = (body.waitSeconds ?? 0) * 1000;
			if (waitMs > 0) {
				const patience = ports.clock.sleep(waitMs, signal).catch(() => undefined);
				// How it went wrong is logged, and shown by the letter.
				await Promise.race([outcome.catch(() => undefined), patience]);
			}
			return { status: 202, body: await detail(id) };
		}),
		defineRoute({
			method: 'post',
			path: '/api/v1/dead-letters/{id}/discard',
			summary: 'Give up a dead letter',
			description: 'It is kept as discarded and cannot be replayed any more.',
			role: ['operator', 'node'],
			environment: 'handler',
			params,
			body: z.strictObject({ reason: plainText(2000).optional() }).prefault({}),
			responses: { 200: deadLetterDetailSchema },
			errors: ['dead_letter_not_found', 'dead_letter_busy', 'dead_letter_closed'],
			examples: { ...example, body: { reason: 'A test order.' } },
		}).handledBy(async ({ params: { id }, body, actor }) => {
			await reachable(ports, id, actor);
			await discardLetter(ports, { id, reason: body.reason ?? null, actor: actor.name });
			return { status: 200, body: await detail(id) };
		}),
		defineRoute({
			method: 'post',
			path: '/api/v1/dead-letters/{id}/restore',
			summary: 'Take an expired dead letter out of the archive',
			description: 'It waits again, for another time to live of its environment.',
			role: ['operator', 'node'],
			environment: 'handler',
			params,
			responses: { 200: deadLetterDetailSchema },
			errors: ['dead_letter_not_found', 'dead_letter_not_archived'],
			examples: example,
		}).handledBy(async ({ params: { id }, actor }) => {
			await reachable(ports, id, actor);
			await restoreLetter(ports, id, actor.name);
			return { status: 200, body: await detail(id) };
		}),
	];
}

async function reachable(
	ports: DeadLettersDependencies,
	id: string,
	actor: Actor,
): Promise<LetterSummary> {
	const letter = await findLetter(ports, id);
	requireEnvironment(actor, letter.environment);
	return letter;
}

function letterExample() {
	const { trigger: _trigger, failedInput: _input, replays: _replays, ...letter } = exampleLetter;
	return letter;
}
