import { z } from 'zod';
import type { Release, Version, VersionExport } from '../contract/versions';
import type { ReleaseFile } from '../workflow-versions/release-document';
import type { Release as DomainRelease, WorkflowVersion } from '../workflow-versions/version';
import { dateTime } from './wire-schemas';

export const versionSchema = z
	.strictObject({
		id: z.string(),
		workflowKey: z.string(),
		number: z.int(),
		digest: z.string(),
		appearanceDigest: z.string(),
		name: z.string(),
		message: z.string().nullable(),
		environment: z.string().nullable(),
		workflowId: z.string().nullable(),
		createdBy: z.string(),
		createdAt: dateTime,
		labels: z.array(z.string()),
	})
	.meta({ id: 'Version' });

export function versionToWire(version: WorkflowVersion): Version {
	return {
		id: version.id,
		workflowKey: version.workflowKey,
		number: version.number,
		digest: version.digest,
		appearanceDigest: version.appearanceDigest,
		name: version.content.name,
		message: version.message,
		environment: version.environment,
		workflowId: version.workflowId,
		createdBy: version.createdBy,
		createdAt: version.createdAt.toISOString(),
		labels: version.labels,
	};
}

export const exampleVersion: Version = {
	id: '0198c0de-0000-7000-8000-000000000010',
	workflowKey: 'order-intake-00000010',
	number: 3,
	digest: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
	appearanceDigest: '60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752',
	name: 'Order intake',
	message: 'Send the receipt too',
	environment: 'dev',
	workflowId: 'k3XvY0q1mJ8sT2aB',
	createdBy: 'ada',
	createdAt: '2031-04-01T12:00:00.000Z',
	labels: ['stable'],
};

const fieldChange = z.strictObject({ path: z.string(), before: z.unknown(), after: z.unknown() });

export const diffSchema = z
	.strictObject({
		from: z.string(),
		to: z.string(),
		sameBehaviour: z.boolean(),
		nodes: z.array(
			z.strictObject({
				name: z.string(),
				change: z.enum(['added', 'removed', 'changed', 'moved']),
				renamedFrom: z.string().optional(),
				fields: z.array(fieldChange),
			}),
		),
		connections: z.array(
			z.strictObject({
				change: z.enum(['added', 'removed']),
				from: z.string(),
				to: z.string(),
				type: z.string(),
			}),
		),
		settings: z.array(fieldChange),
		text: z.string(),
	})
	.meta({ id: 'VersionDiff' });

export const exportSchema = z
	.looseObject({
		name: z.string(),
		nodes: z.array(z.unknown()),
		connections: z.record(z.string(), z.unknown()),
		settings: z.record(z.string(), z.unknown()),
		meta: z.looseObject({
			orchestration: z.strictObject({
				format: z.literal(1),
				workflowKey: z.string(),
				number: z.int(),
				digest: z.string(),
			}),
		}),
	})
	.meta({ id: 'VersionExport', description: "n8n's own JSON, pasteable into its editor." });

export const exampleExport: VersionExport = {
	name: 'Order intake',
	nodes: [],
	connections: {},
	settings: { executionOrder: 'v1' },
	meta: {
		orchestration: {
			format: 1,
			workflowKey: exampleVersion.workflowKey,
			number: 3,
			digest: exampleVersion.digest,
		},
	},
};

export const workflowEntrySchema = z
	.strictObject({
		workflowKey: z.string(),
		name: z.string(),
		latestVersion: z.int(),
		bindings: z.record(z.string(), z.string()),
	})
	.meta({ id: 'WorkflowEntry' });

export const releaseSchema = z
	.strictObject({
		id: z.string(),
		environment: z.string(),
		digest: z.string(),
		message: z.string().nullable(),
		manifest: z.array(
			z.strictObject({
				workflowKey: z.string(),
				workflowId: z.string(),
				versionId: z.string(),
				name: z.string(),
				digest: z.string(),
				requested: z.boolean(),
			}),
		),
		createdBy: z.string(),
		createdAt: dateTime,
	})
	.meta({ id: 'Release' });

export function releaseToWire(release: DomainRelease): Release {
	return {
		...release,
		// A form is told by the version that it is a form of: the same wherever it was promoted to.
		manifest: release.manifest.map(({ origin, ...entry }) =>
			origin ? { ...entry, versionId: origin.id, digest: origin.digest } : entry,
		),
		createdAt: release.createdAt.toISOString(),
	};
}

export const exampleRelease: Release = {
	id: '0198c0de-0000-7000-8000-000000000020',
	environment: 'dev',
	digest: exampleVersion.digest,
	message: null,
	manifest: [
		{
			workflowKey: exampleVersion.workflowKey,
			workflowId: 'k3XvY0q1mJ8sT2aB',
			versionId: exampleVersion.id,
			name: 'Order intake',
			digest: exampleVersion.digest,
			requested: true,
		},
	],
	createdBy: 'ada',
	createdAt: '2031-04-01T12:00:00.000Z',
};

export const exampleReleaseFile: ReleaseFile = {
	format: 'n8n-orchestration-release',
	formatVersion: 1,
	release: {
		digest: exampleVersion.digest,
		environment: 'dev',
		message: null,
		createdBy: 'ada',
		createdAt: '2031-04-01T12:00:00.000Z',
		manifest: [
			{
				workflowKey: exampleVersion.workflowKey,
				workflowId: 'k3XvY0q1mJ8sT2aB',
				name: 'Order intake',
				number: 3,
				digest: exampleVersion.digest,
				requested: true,
				active: true,
				tags: [],
				calls: [],
				message: exampleVersion.message,
				createdBy: 'ada',
				createdAt: exampleVersion.createdAt,
			},
		],
	},
	versions: { [exampleVersion.workflowKey]: exampleExport },
	checksums: { [exampleVersion.workflowKey]: exampleVersion.appearanceDigest },
	signature: {
		algorithm: 'ed25519',
		keyId: '21fe31dfa154a261',
		publicKey: '11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=',
		value:
			'5VZDAMNgrHKQhuLMgG6CioSHfx645dl02HPgZSJJAVVfuIIVkKM7rMYeOXAc+bRr0lv18FlbviRlUUFDjnoQCw==',
	},
};
