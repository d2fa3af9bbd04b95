import { z } from 'zod';
import { canonicalJson, digestOf } from '../kernel/canonical-json';
import { toExport } from './export-document';
import { releaseDigest } from './make-release';
import { calledWorkflows } from './references';
import type { ReleaseSigner } from './release-signature';
import type { Release, WorkflowVersion } from './version';

const text = z.string().min(1).max(500);
const digest = z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 lower-case hex digits');

const entry = z.strictObject({
	workflowKey: z.string().min(1).max(100),
	workflowId: z.string().min(1).max(200),
	name: text,
	number: z.int().min(1),
	digest,
	/** Of the version that it is a form of. */
	originDigest: digest.optional(),
	requested: z.boolean(),
	active: z.boolean(),
	tags: z.array(z.string()),
	/** Ids of the workflows that it calls and that are in the file too. */
	calls: z.array(z.string()),
	message: z.string().nullable(),
	createdBy: z.string(),
	createdAt: z.iso.datetime(),
});

/** A release as one file. What it says of itself is signed, and it says the checksum of every version. */
export const releaseFileSchema = z.strictObject({
	format: z.literal('n8n-orchestration-release'),
	formatVersion: z.literal(1),
	release: z.strictObject({
		digest,
		environment: text,
		message: z.string().nullable(),
		createdBy: z.string(),
		createdAt: z.iso.datetime(),
		/** Leaves first. */
		manifest: z.array(entry).min(1).max(2000),
	}),
	/** Workflow key → n8n's own JSON of it. */
	versions: z.record(z.string(), z.looseObject({ name: z.string() })),
	/** Workflow key → SHA-256 of the canonical JSON (RFC 8785) of its version. */
	checksums: z.record(z.string(), digest),
	signature: z.strictObject({
		algorithm: z.literal('ed25519'),
		keyId: z.string().regex(/^[0-9a-f]{16}$/),
		publicKey: z.base64(),
		value: z.base64(),
	}),
});

export type ReleaseFile = z.infer<typeof releaseFileSchema>;

/** @param versions those of the manifest, in its order */
export function toReleaseFile(
	release: Release,
	versions: WorkflowVersion[],
	signer: ReleaseSigner,
): ReleaseFile {
	const ids = new Set(release.manifest.map(({ workflowId }) => workflowId));
	const manifest = release.manifest.map((each, index) => {
		const version = versions[index];
		if (version?.id !== each.versionId) throw new TypeError('versions out of order');
		return {
			workflowKey: each.workflowKey,
			workflowId: each.workflowId,
			name: each.name,
			number: version.number,
			digest: version.digest,
			...(version.origin ? { originDigest: version.origin.digest } : {}),
			requested: each.requested,
			active: version.active,
			tags: version.tags,
			calls: calledWorkflows(version.content).filter((id) => ids.has(id)),
			message: version.message,
			createdBy: version.createdBy,
			createdAt: version.createdAt.toISOString(),
		};
	});
	const documents = versions.map((version) => [version.workflowKey, toExport(version)] as const);
	const said = {
		format: 'n8n-orchestration-release' as const,
		formatVersion: 1 as const,
		release: {
			digest: release.digest,
			environment: release.environment,
			message: release.message,
			createdBy: release.createdBy,
			createdAt: release.createdAt.toISOString(),
			manifest,
		},
		checksums: Object.fromEntries(documents.map(([key, each]) => [key, digestOf(each)])),
	};
	return {
		...said,
		versions: Object.fromEntries(documents.map(([key, document]) => [key, { ...document }])),
		signature: signer.sign(canonicalJson(said)),
	};
}

/** What in a file is not as it was written, in words; empty when all is. */
export function tampered(file: ReleaseFile, signer: ReleaseSigner): string[] {
	const differs: string[] = [];
	const keys = file.release.manifest.map(({ workflowKey }) => workflowKey);
	for (const { workflowKey, name } of file.release.manifest) {
		const document = file.versions[workflowKey];
		const told = `versions["${workflowKey}"] ("${name}")`;
		if (!document) differs.push(`${told} is missing`);
		else if (digestOf(document) !== file.checksums[workflowKey]) {
			differs.push(`${told} does not have its checksum`);
		}
	}
	for (const key of Object.keys(file.versions)) {
		if (!keys.includes(key)) differs.push(`versions["${key}"] is not in the manifest`);
	}
	if (new Set(keys).size !== keys.length) differs.push('release.manifest names a workflow twice');
	const { versions: _, signature, ...said } = file;
	if (file.release.digest !== digestOfFile(file)) {
		differs.push('release.digest is not that of its manifest');
	}
	if (signer.judge(signature, canonicalJson(said)) === 'forged') {
		differs.push('signature does not fit release and checksums');
	}
	return differs;
}

function digestOfFile({ release }: ReleaseFile): string {
	return releaseDigest(
		release.manifest.map(({ originDigest, ...each }) => ({
			...each,
			versionId: '',
			...(originDigest === undefined ? {} : { origin: { id: '', digest: originDigest } }),
		})),
	);
}

/** Whether the key that signed a whole file is one to trust. */
export function signedByKnown(file: ReleaseFile, signer: ReleaseSigner): boolean {
	const { versions: _, signature, ...said } = file;
	return signer.judge(signature, canonicalJson(said)) === 'trusted';
}
