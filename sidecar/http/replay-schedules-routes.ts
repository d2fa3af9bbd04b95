import { z } from 'zod';
import {
	findSchedule,
	putSchedule,
	type SchedulePorts,
} from '../dead-letters/schedules/put-schedule';
import { requireEnvironment } from './authenticate';
import { freeKey } from './key-schema';
import { pageOf, pageQuery, toPage } from './paging';
import {
	exampleSchedule,
	replayScheduleInput,
	replayScheduleSchema,
	scheduleOrderOf,
	scheduleToWire,
} from './replay-schedule-schemas';
import { defineRoute, type Route } from './route';
import { environmentName } from './wire-schemas';

const path = '/api/v1/replay-schedules/{name}';
const params = z.strictObject({ name: freeKey });
const example = { params: { name: exampleSchedule.name }, response: exampleSchedule };

export function replaySchedulesRoutes(ports: SchedulePorts): Route[] {
	return [
		defineRoute({
			method: 'put',
			path,
			summary: 'Replay dead letters again and again, by the clock',
			description:
				'Starts a bulk replay of what the filter selects at each time of the cron expression, once over all replicas. A time within the quiet hours is made up for when they are over. While the last bulk replay of a schedule is not over, no other is started.',
			role: ['operator', 'node'],
			environment: ({ body }) => body.filter.environment,
			params,
			body: replayScheduleInput,
			responses: { 200: replayScheduleSchema, 201: replayScheduleSchema },
			errors: ['environment_not_found', 'version_not_found'],
			examples: {
				...example,
				body: {
					filter: exampleSchedule.filter,
					rate: exampleSchedule.rate,
					cron: exampleSchedule.cron,
					timeZone: exampleSchedule.timeZone,
					quietHours: exampleSchedule.quietHours,
					ladderMs: exampleSchedule.ladderMs,
				},
			},
		}).handledBy(async ({ params: { name }, body, actor }) => {
			const before = await ports.schedules.find(name);
			if (before) requireEnvironment(actor, before.filter.environment);
			const { schedule, created } = await putSchedule(ports, name, scheduleOrderOf(body));
			return { status: created ? 201 : 200, body: scheduleToWire(schedule) };
		}),
		defineRoute({
			method: 'get',
			path: '/api/v1/replay-schedules',
			summary: 'Replay schedules, by name',
			role: ['viewer', 'node'],
			environment: 'handler',
			query: pageQuery({ environment: environmentName.optional() }),
			responses: { 200: pageOf(replayScheduleSchema) },
			examples: { response: { data: [exampleSchedule], nextCursor: null } },
		}).handledBy(async ({ query, actor }) => {
			const environment = query.environment ?? actor.environment ?? undefined;
			if (environment !== undefined) requireEnvironment(actor, environment);
			const rows = await ports.schedules.list(environment === undefined ? {} : { environment }, {
				limit: query.limit + 1,
				after: query.cursor ?? null,
			});
			return { status: 200, body: toPage(rows.map(scheduleToWire), query, (row) => row.name) };
		}),
		defineRoute({
			method: 'get',
			path,
			summary: 'One replay schedule: when it runs next, and what came of the last time',
			role: ['viewer', 'node'],
			environment: 'handler',
			params,
			responses: { 200: replayScheduleSchema },
			errors: ['replay_schedule_not_found'],
			examples: example,
		}).handledBy(async ({ params: { name }, actor }) => {
			const schedule = await findSchedule(ports, name);
			requireEnvironment(actor, schedule.filter.environment);
			return { status: 200, body: scheduleToWire(schedule) };
		}),
		defineRoute({
			method: 'delete',
			path,
			summary: 'Remove a replay schedule',
			description: 'A bulk replay it has started goes on.',
			role: ['operator', 'node'],
			environment: 'handler',
			params,
			responses: { 204: null },
			errors: ['replay_schedule_not_found'],
			examples: { params: example.params },
		}).handledBy(async ({ params: { name }, actor }) => {
			const schedule = await findSchedule(ports, name);
			requireEnvironment(actor, schedule.filter.environment);
			await ports.schedules.remove(name);
			return { status: 204 };
		}),
	];
}
