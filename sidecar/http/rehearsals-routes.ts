import { z } from 'zod';
import {
	findRehearsal,
	startRehearsal,
	type RehearsalPorts,
} from '../dead-letters/rehearsal/start-rehearsal';
import type { Rehearsal } from '../dead-letters/rehearsal/rehearsal';
import { requireEnvironment } from './authenticate';
import { idCursor } from './id-cursor';
import { pageOf, pageQuery, toPage } from './paging';
import {
	exampleRehearsal,
	rehearsalInput,
	rehearsalOrderOf,
	rehearsalReportSchema,
	rehearsalSchema,
	rehearsalToWire,
	reportToWire,
} from './rehearsal-schemas';
import { defineRoute, type Route } from './route';
import { environmentName } from './wire-schemas';

const { letters: _letters, ...exampleRow } = exampleRehearsal;

export function rehearsalsRoutes(ports: RehearsalPorts): Route[] {
	const report = async (rehearsal: Rehearsal) =>
		reportToWire(rehearsal, await ports.rehearsals.lettersOf(rehearsal.id));

	return [
		defineRoute({
			method: 'post',
			path: '/api/v1/rehearsals',
			summary: 'Try dead letters out against a version, without any effect',
			description:
				'Runs the payloads of the letters with the candidate version in an environment of a lower stage. Every node that reaches outside gives what an execution has recorded of it; where nothing was, the verdict is `cannot-tell`. A token for one environment only is refused: payloads pass from one into another.',
			role: ['operator', 'node'],
			environment: 'handler',
			body: rehearsalInput,
			responses: { 202: rehearsalReportSchema },
			errors: ['environment_not_found', 'version_not_found', 'rehearsal_not_possible'],
			examples: {
				body: {
					filter: exampleRehearsal.filter,
					version: exampleRehearsal.version,
					environment: exampleRehearsal.environment,
				},
				response: exampleRehearsal,
			},
		}).handledBy(async ({ body, actor }) => {
			requireEnvironment(actor, body.filter.environment);
			requireEnvironment(actor, body.environment);
			const rehearsal = await startRehearsal(ports, rehearsalOrderOf(body), actor.name);
			return { status: 202, body: await report(rehearsal) };
		}),
		defineRoute({
			method: 'get',
			path: '/api/v1/rehearsals',
			summary: 'Rehearsals, newest first',
			role: ['viewer', 'node'],
			environment: 'handler',
			query: pageQuery({
				environment: environmentName.optional().meta({ description: 'Of the letters.' }),
			}),
			responses: { 200: pageOf(rehearsalSchema) },
			examples: { response: { data: [exampleRow], nextCursor: null } },
		}).handledBy(async ({ query, actor }) => {
			const environment = query.environment ?? actor.environment ?? undefined;
			if (environment !== undefined) requireEnvironment(actor, environment);
			const rows = await ports.rehearsals.list(environment === undefined ? {} : { environment }, {
				limit: query.limit + 1,
				after: idCursor(query.cursor),
			});
			return { status: 200, body: toPage(rows.map(rehearsalToWire), query, (row) => row.id) };
		}),
		defineRoute({
			method: 'get',
			path: '/api/v1/rehearsals/{id}',
			summary: 'One rehearsal: which letters would succeed now',
			role: ['viewer', 'node'],
			environment: 'handler',
			params: z.strictObject({ id: z.uuid() }),
			responses: { 200: rehearsalReportSchema },
			errors: ['rehearsal_not_found'],
			examples: { params: { id: exampleRehearsal.id }, response: exampleRehearsal },
		}).handledBy(async ({ params: { id }, actor }) => {
			const rehearsal = await findRehearsal(ports, id);
			requireEnvironment(actor, rehearsal.filter.environment);
			return { status: 200, body: await report(rehearsal) };
		}),
	];
}
