import { z } from 'zod';
import { versionsOf } from '../promotion/plan-for';
import { findRelease } from '../promotion/propose-promotion';
import { importRelease, type ImportReleasePorts } from '../workflow-versions/import-release';
import { makeRelease } from '../workflow-versions/make-release';
import { releaseFileSchema, toReleaseFile } from '../workflow-versions/release-document';
import type { SnapshotPorts } from '../workflow-versions/snapshot';
import { type Route, defineRoute } from './route';
import { requireRelease } from './version-access';
import {
	exampleRelease,
	exampleReleaseFile,
	releaseSchema,
	releaseToWire,
} from './version-schemas';
import { environmentName, plainText } from './wire-schemas';

export const releaseInput = z
	.strictObject({
		environment: environmentName,
		workflowIds: z.array(plainText(200)).min(1).max(500),
		message: plainText(2000).optional(),
	})
	.meta({ id: 'ReleaseInput' });

export const releaseImport = z
	.strictObject({
		document: releaseFileSchema,
		/** Which of the environments here it comes from. */
		environment: environmentName,
		allowUnknownSigner: z.boolean().optional(),
		message: plainText(2000).optional(),
	})
	.meta({ id: 'ReleaseImport' });

export interface ReleaseRoutesDependencies extends SnapshotPorts, ImportReleasePorts {
	/** @throws environment_not_found */
	environmentOf(name: string): Promise<unknown>;
}

export function releasesRoutes(ports: ReleaseRoutesDependencies): Route[] {
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
		defineRoute({
			method: 'get',
			path: '/api/v1/releases/{id}/export',
			summary: 'A release as one signed file',
			role: ['viewer', 'node'],
			environment: 'handler',
			params: z.strictObject({ id: z.uuid() }),
			responses: { 200: releaseFileSchema.meta({ id: 'ReleaseFile' }) },
			errors: ['release_not_found'],
			examples: { params: { id: exampleRelease.id }, response: exampleReleaseFile },
		}).handledBy(async ({ params, actor }) => {
			const release = await findRelease(ports, params.id);
			await requireRelease(ports.versions, actor, release.id);
			const versions = await versionsOf(ports, release);
			return { status: 200, body: toReleaseFile(release, versions, ports.signer) };
		}),
		defineRoute({
			method: 'post',
			path: '/api/v1/releases/import',
			summary: 'Take in a release file',
			description:
				'Checksums, digests and the signature are verified. `environment` is the one that the release stands for here: promotions of it start there.',
			role: 'operator',
			environment: ({ body }) => body.environment,
			body: releaseImport,
			responses: { 201: releaseSchema },
			errors: [
				'environment_not_found',
				'release_tampered',
				'release_signer_unknown',
				'workflow_invalid',
				'version_digest_mismatch',
			],
			examples: {
				body: { document: exampleReleaseFile, environment: 'dev' },
				response: exampleRelease,
			},
		}).handledBy(async ({ body, actor }) => {
			await ports.environmentOf(body.environment);
			const release = await importRelease(ports, {
				file: body.document,
				environment: body.environment,
				allowUnknownSigner: body.allowUnknownSigner ?? false,
				message: body.message ?? null,
				createdBy: actor.name,
			});
			return { status: 201, body: releaseToWire(release) };
		}),
		defineRoute({
			method: 'get',
			path: '/api/v1/signing-key',
			summary: 'The public key that release files of this sidecar are signed with',
			role: ['viewer', 'node'],
			responses: {
				200: z
					.strictObject({
						algorithm: z.literal('ed25519'),
						keyId: z.string(),
						publicKey: z.string(),
					})
					.meta({ id: 'SigningKey' }),
			},
			examples: {
				response: {
					algorithm: 'ed25519',
					keyId: exampleReleaseFile.signature.keyId,
					publicKey: exampleReleaseFile.signature.publicKey,
				},
			},
		}).handledBy(() => {
			const { keyId, publicKey } = ports.signer;
			return Promise.resolve({ status: 200, body: { algorithm: 'ed25519', keyId, publicKey } });
		}),
	];
}
