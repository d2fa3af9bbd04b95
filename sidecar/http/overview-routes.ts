import { z } from 'zod';
import { courseStart, lookOver, type OverviewPorts } from '../overview/look-over';
import { shownStates } from '../overview/overview';
import { type Actor, requireEnvironment } from './authenticate';
import {
	exampleOverview,
	exampleWorkflowAcross,
	overviewSchema,
	overviewToWire,
	workflowAcrossSchema,
	workflowAcrossToWire,
} from './overview-schemas';
import { pageOf, pageQuery, toPage } from './paging';
import { defineRoute, type Route } from './route';
import { environmentName, plainText } from './wire-schemas';

export function overviewRoutes(ports: OverviewPorts): Route[] {
	return [
		defineRoute({
			method: 'get',
			path: '/api/v1/overview',
			summary: 'Is anything wrong, and where: the last 24 hours',
			role: 'viewer',
			environment: 'handler',
			query: z.strictObject({ environment: environmentName.optional() }),
			responses: { 200: overviewSchema },
			examples: { response: exampleOverview },
		}).handledBy(async ({ query, actor }) => {
			const environment = environmentFor(actor, query.environment);
			const seesFleet = actor.environment === null;
			return { status: 200, body: overviewToWire(await lookOver(ports, environment, seesFleet)) };
		}),
		defineRoute({
			method: 'get',
			path: '/api/v1/overview/workflows',
			summary: 'Workflows by their key, side by side in their environments',
			description:
				'What was last promoted or adopted, what is paused or has drifted, and how runs of the last 24 ' +
				'hours ended. `search`: only those with this in their name; `show`: only those with a place that ' +
				'has drifted, or is paused; `workflow`: only the one with this key.',
			role: 'viewer',
			environment: 'handler',
			query: pageQuery({
				environment: environmentName.optional(),
				search: plainText(200).optional(),
				show: z.enum(shownStates).optional(),
				workflow: plainText(200).optional(),
			}),
			responses: { 200: pageOf(workflowAcrossSchema) },
			examples: { response: { data: [exampleWorkflowAcross], nextCursor: null } },
		}).handledBy(async ({ query, actor }) => {
			const rows = await ports.overview.workflows(
				courseStart(ports.clock.now()),
				environmentFor(actor, query.environment),
				{
					limit: query.limit + 1,
					after: query.cursor,
					search: query.search ?? null,
					show: query.show ?? null,
					workflow: query.workflow ?? null,
				},
			);
			const wire = rows.map(workflowAcrossToWire);
			return { status: 200, body: toPage(wire, query, ({ workflowKey }) => workflowKey) };
		}),
	];
}

/** The one that is asked for, else the only one the token reaches; null: all. */
function environmentFor(actor: Actor, asked: string | undefined): string | null {
	const environment = asked ?? actor.environment;
	if (environment !== null) requireEnvironment(actor, environment);
	return environment;
}
