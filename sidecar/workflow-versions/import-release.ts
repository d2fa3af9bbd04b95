import type { Clock } from '../kernel/clock';
import { OrchestrationError } from '../kernel/errors';
import type { NewId } from '../kernel/ids';
import { fromExport } from './export-document';
import { fingerprint } from './fingerprint';
import { signedByKnown, tampered, type ReleaseFile } from './release-document';
import type { ReleaseSigner } from './release-signature';
import type { Release, ReleaseEntry, WorkflowVersion } from './version';
import type { VersionStore } from './version-store';

export interface ImportReleasePorts {
	versions: VersionStore;
	signer: ReleaseSigner;
	clock: Clock;
	newId: NewId;
}

export interface ImportReleaseRequest {
	file: ReleaseFile;
	/** The environment that the release stands for here: promotions of it start there. */
	environment: string;
	/** Take in what an unknown key has signed. The checksums must be right all the same. */
	allowUnknownSigner: boolean;
	message: string | null;
	createdBy: string;
}

/**
 * Takes in a release file after checking checksums, digests and signature. Versions that are known keep
 * their number; nothing is kept of a file that is refused.
 * @throws release_tampered naming all that differs, release_signer_unknown, workflow_invalid,
 * version_digest_mismatch
 */
export async function importRelease(
	ports: ImportReleasePorts,
	request: ImportReleaseRequest,
): Promise<Release> {
	const { file, environment, createdBy } = request;
	const differs = tampered(file, ports.signer);
	if (differs.length > 0) throw notAsWritten(differs);
	if (!request.allowUnknownSigner && !signedByKnown(file, ports.signer)) throw unknownSigner(file);
	const contents = file.release.manifest.map((entry) => contentOf(file, entry));
	const manifest: ReleaseEntry[] = [];
	for (const [index, entry] of file.release.manifest.entries()) {
		const content = contents[index];
		if (!content) throw new TypeError('a content for each entry');
		const version = await keep(ports, entry, content, createdBy);
		manifest.push({
			workflowKey: entry.workflowKey,
			workflowId: entry.workflowId,
			versionId: version.id,
			name: entry.name,
			digest: version.digest,
			requested: entry.requested,
			...(version.origin ? { origin: version.origin } : {}),
		});
	}
	return await ports.versions.addRelease({
		id: ports.newId(),
		environment,
		digest: file.release.digest,
		message: request.message ?? file.release.message,
		manifest,
		createdBy,
		createdAt: ports.clock.now(),
	});
}

type FileEntry = ReleaseFile['release']['manifest'][number];

function contentOf(file: ReleaseFile, { workflowKey, digest, name }: FileEntry) {
	const { content, claimed } = fromExport(file.versions[workflowKey]);
	if (claimed?.workflowKey !== workflowKey || fingerprint(content).digest !== digest) {
		throw notAsWritten([`versions["${workflowKey}"] ("${name}") is not what the manifest says`]);
	}
	return content;
}

async function keep(
	ports: ImportReleasePorts,
	entry: FileEntry,
	content: WorkflowVersion['content'],
	createdBy: string,
): Promise<WorkflowVersion> {
	const { workflowKey, originDigest } = entry;
	const origin =
		originDigest === undefined
			? null
			: await ports.versions.findByDigest(workflowKey, originDigest);
	return await ports.versions.add({
		id: ports.newId(),
		workflowKey,
		...fingerprint(content),
		content,
		tags: entry.tags,
		active: entry.active,
		message: entry.message,
		environment: null,
		workflowId: null,
		createdBy,
		createdAt: ports.clock.now(),
		originId: origin?.id ?? null,
	});
}

function notAsWritten(differs: string[]): OrchestrationError {
	return new OrchestrationError(
		'release_tampered',
		`The release file is not as it was written: ${differs.join('; ')}. Export the release again and bring the file unchanged.`,
		{ details: { differs } },
	);
}

function unknownSigner({ signature, release }: ReleaseFile): OrchestrationError {
	const { keyId, publicKey } = signature;
	return new OrchestrationError(
		'release_signer_unknown',
		`The release file of ${release.environment} is whole, but signed by a key nobody here trusts: ${publicKey}. ` +
			'If it is the key of that sidecar (its GET /api/v1/signing-key says), add it to ORCHESTRATION_TRUSTED_SIGNERS, or send {"allowUnknownSigner": true}.',
		{ details: { keyId, publicKey } },
	);
}
