import { z } from 'zod';
import { findRelease } from '../promotion/propose-promotion';
import { makeRelease } from '../workflow-versions/make-release';
import type { SnapshotPorts } from '../workflow-versions/snapshot';
import { type Route, defineRoute } from './route';
import { requireRelease } from './version-access';
import { exampleRelease, releaseSchema, releaseToWire } from './version-schemas';
import { environmentName, plainText } from './wire-schemas';

export const releaseInput = z
	.strictObject({
		environment: environmentName,
		workflowIds: z.array(plainText(200)).min(1).max(500),
		message: plainText(2000).optional(),
	})
	.meta({ id: 'ReleaseInput' });

export function releasesRoutes(ports: SnapshotPorts): Route[] {
	return [
		defineRoute({
			method: 'post',
			path: '/api/v1/releases',
			summary: 'Keep workflows and all they call as one release',
			role: ['operator', 'node'],
			environment: ({ body }) => body.environment,
			body: releaseInput,
			responses: { 201: releaseSchema },
			errors: ['environment_not_found', 'workflow_not_found', 'capability_missing'],
			examples: {
				body: { environment: 'dev', workflowIds: ['k3XvY0q1mJ8sT2aB'] },
				response: exampleRelease,
			},
		}).handledBy(async ({ body, actor }) => {
			const release = await makeRelease(ports, { ...body, createdBy: actor.name });
			return { status: 201, body: releaseToWire(release) };
		}),
		defineRoute({
			method: 'get',
			path: '/api/v1/releases/{id}',
			summary: 'One release with its manifest',
			role: ['viewer', 'node'],
			environment: 'handler',
			params: z.strictObject({ id: z.uuid() }),
			responses: { 200: releaseSchema },
			errors: ['release_not_found'],
			examples: { params: { id: exampleRelease.id }, response: exampleRelease },
		}).handledBy(async ({ params, actor }) => {
			const release = await findRelease(ports, params.id);
			await requireRelease(ports.versions, actor, release.id);
			return { status: 200, body: releaseToWire(release) };
		}),
	];
}
