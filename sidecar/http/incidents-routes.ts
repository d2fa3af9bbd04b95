import { z } from 'zod';
import { errorClasses } from '../dead-letters/dead-letter';
import type { DeadLetterStore } from '../dead-letters/dead-letter-store';
import { requireEnvironment } from './authenticate';
import { idCursor } from './id-cursor';
import { pageOf, pageQuery, toPage } from './paging';
import { exampleIncident, incidentSchema, incidentToWire } from './replay-schemas';
import { defineRoute, type Route } from './route';
import { environmentName, plainText } from './wire-schemas';

export function incidentsRoutes(ports: { letters: Pick<DeadLetterStore, 'incidents'> }): Route[] {
	return [
		defineRoute({
			method: 'get',
			path: '/api/v1/incidents',
			summary: 'Dead letters by their cause, the last seen first',
			description:
				'Letters of one workflow with the same failed node, class and message, but for ids, numbers and quoted texts in it. With `open=true` only those with a letter waiting, scheduled or replaying.',
			role: ['viewer', 'node'],
			environment: 'handler',
			query: pageQuery({
				environment: environmentName.optional(),
				workflowId: plainText(200).optional(),
				errorClass: z.enum(errorClasses).optional(),
				open: z.enum(['true', 'false']).optional(),
			}),
			responses: { 200: pageOf(incidentSchema) },
			examples: { response: { data: [exampleIncident], nextCursor: null } },
		}).handledBy(async ({ query, actor }) => {
			const { limit, cursor, open, ...filter } = query;
			const environment = filter.environment ?? actor.environment ?? undefined;
			if (environment !== undefined) requireEnvironment(actor, environment);
			const rows = await ports.letters.incidents(
				{ ...filter, ...(environment ? { environment } : {}), open: open === 'true' },
				{ limit: limit + 1, after: idCursor(cursor) },
			);
			const wire = rows.map(incidentToWire);
			return { status: 200, body: toPage(wire, query, (row) => row.newestLetterId) };
		}),
	];
}
