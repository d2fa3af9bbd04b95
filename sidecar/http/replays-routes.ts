import { z } from 'zod';
import { bulkStates, isOver, type BulkReplay } from '../dead-letters/bulk/bulk-replay';
import { followBulkReplay } from '../dead-letters/bulk/follow-bulk-replay';
import {
	previewBulkReplay,
	startBulkReplay,
	type BulkPorts,
} from '../dead-letters/bulk/start-bulk-replay';
import { findBulkReplay, steerBulkReplay, steerings } from '../dead-letters/bulk/steer-bulk-replay';
import { requireEnvironment, type Actor } from './authenticate';
import { idCursor } from './id-cursor';
import { pageOf, pageQuery, toPage } from './paging';
import {
	bulkPreviewSchema,
	bulkReplayDetailSchema,
	bulkReplayInput,
	bulkReplaySchema,
	bulkToWire,
	exampleBulkPreview,
	exampleBulkReplay,
	orderOf,
	previewToWire,
} from './replay-schemas';
import { defineRoute, serverSentEvents, type Route } from './route';
import { environmentName } from './wire-schemas';

const params = z.strictObject({ id: z.uuid() });
const example = { params: { id: exampleBulkReplay.id }, response: exampleBulkReplay };
const { report: _report, ...exampleRow } = exampleBulkReplay;

const summaries = {
	pause: 'Begin no more letters for now',
	resume: 'Go on after a pause or a stop',
	cancel: 'Begin no more letters for good',
};

export function replaysRoutes(ports: BulkPorts): Route[] {
	const detail = async (bulk: BulkReplay) => ({
		...bulkToWire(bulk),
		report: await ports.bulks.tallies(bulk.id),
	});

	return [
		defineRoute({
			method: 'post',
			path: '/api/v1/replays',
			summary: 'Replay all dead letters that a filter selects',
			description:
				'The selection is taken once and worked off at `rate` letters a second by whichever replica is there. With `dryRun` it only answers (200) how many letters there are, by workflow and class, what would run and how long it takes.',
			role: ['operator', 'node'],
			environment: ({ body }) => body.filter.environment,
			body: bulkReplayInput,
			responses: { 202: bulkReplayDetailSchema, 200: bulkPreviewSchema },
			errors: ['environment_not_found', 'version_not_found'],
			examples: {
				body: {
					filter: { environment: 'production', fingerprint: '5c0e1f6a2d3b4c5d6e7f8091a2b3c4d5' },
					rate: 5,
					dryRun: true,
				},
				response: exampleBulkPreview,
			},
		}).handledBy(async ({ body, actor }) => {
			const order = orderOf(body);
			if (body.dryRun) {
				const preview = await previewBulkReplay(ports, order);
				return { status: 200, body: previewToWire(order, preview) };
			}
			const bulk = await startBulkReplay(ports, order, actor.name);
			return { status: 202, body: await detail(bulk) };
		}),
		defineRoute({
			method: 'get',
			path: '/api/v1/replays',
			summary: 'Bulk replays, newest first',
			role: ['viewer', 'node'],
			environment: 'handler',
			query: pageQuery({
				environment: environmentName.optional(),
				state: z.enum(bulkStates).optional(),
			}),
			responses: { 200: pageOf(bulkReplaySchema) },
			examples: { response: { data: [exampleRow], nextCursor: null } },
		}).handledBy(async ({ query, actor }) => {
			const environment = query.environment ?? actor.environment ?? undefined;
			if (environment !== undefined) requireEnvironment(actor, environment);
			const rows = await ports.bulks.list(
				{ ...(environment ? { environment } : {}), ...(query.state ? { state: query.state } : {}) },
				{ limit: query.limit + 1, after: idCursor(query.cursor) },
			);
			return { status: 200, body: toPage(rows.map(bulkToWire), query, (row) => row.id) };
		}),
		defineRoute({
			method: 'get',
			path: '/api/v1/replays/{id}',
			summary: 'One bulk replay with its progress and report',
			role: ['viewer', 'node'],
			environment: 'handler',
			params,
			responses: { 200: bulkReplayDetailSchema },
			errors: ['bulk_replay_not_found'],
			examples: example,
		}).handledBy(async ({ params: { id }, actor }) => {
			return { status: 200, body: await detail(await reachable(ports, id, actor)) };
		}),
		...(['cancel', 'pause', 'resume'] as const).map((steering) =>
			defineRoute({
				method: 'post',
				path: `/api/v1/replays/{id}/${steering}`,
				summary: summaries[steering],
				description: `From ${steerings[steering].from.join(' or ')}. Letters under way go on to their end.`,
				role: ['operator', 'node'],
				environment: 'handler',
				params,
				responses: { 200: bulkReplayDetailSchema },
				errors: ['bulk_replay_not_found', 'bulk_replay_state'],
				examples: example,
			}).handledBy(async ({ params: { id }, actor }) => {
				await reachable(ports, id, actor);
				const bulk = await steerBulkReplay(ports, id, { steering, actor: actor.name });
				return { status: 200, body: await detail(bulk) };
			}),
		),
		defineRoute({
			method: 'get',
			path: '/api/v1/replays/{id}/events',
			summary: 'Progress of a bulk replay, as it happens',
			description:
				'Server-sent events named `progress`: how it stands at first, then each change. Ends when it is over; after that 204 tells an EventSource to stop.',
			role: ['viewer', 'node'],
			environment: 'handler',
			params,
			responses: { 200: serverSentEvents(bulkReplaySchema), 204: null },
			errors: ['bulk_replay_not_found'],
			examples: { params: example.params, response: exampleRow },
		}).handledBy(async ({ params: { id }, actor, lastEventId, signal }) => {
			const bulk = await reachable(ports, id, actor);
			const isTold = lastEventId !== null && isOver(bulk.state) && bulk.counts.replaying === 0;
			if (isTold && lastEventId === 'over') return { status: 204 };
			return { status: 200, events: sent(followBulkReplay(ports, id, signal)) };
		}),
	];
}

async function* sent(bulks: AsyncIterable<BulkReplay>) {
	for await (const bulk of bulks) {
		const id = isOver(bulk.state) && bulk.counts.replaying === 0 ? 'over' : 'under-way';
		yield { id, event: 'progress', data: bulkToWire(bulk) };
	}
}

async function reachable(
	ports: Pick<BulkPorts, 'bulks'>,
	id: string,
	actor: Actor,
): Promise<BulkReplay> {
	const bulk = await findBulkReplay(ports, id);
	requireEnvironment(actor, bulk.filter.environment);
	return bulk;
}
