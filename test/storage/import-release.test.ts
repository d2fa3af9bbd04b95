import { newId } from '../../sidecar/kernel/ids';
import { createVersionStore } from '../../sidecar/storage/version-store';
import { importRelease } from '../../sidecar/workflow-versions/import-release';
import { assembleRelease } from '../../sidecar/workflow-versions/make-release';
import { toReleaseFile, type ReleaseFile } from '../../sidecar/workflow-versions/release-document';
import { createReleaseSigner } from '../../sidecar/workflow-versions/release-signature';
import { keepVersion } from '../../sidecar/workflow-versions/snapshot';
import type { WorkflowVersion } from '../../sidecar/workflow-versions/version';
import { freshDatabase, type FreshDatabase } from '../support/postgres/fresh-database';
import { movingClock } from '../support/moving-clock';
import { calling, content, inTarget, start, webhook } from '../unit/promotion/fixtures';
import { addEnvironment } from './environments';

const ours = createReleaseSigner([Buffer.alloc(32, 1)], []);
const clock = movingClock();
let database: FreshDatabase;
let versions: ReturnType<typeof createVersionStore>;

beforeAll(async () => {
	database = await freshDatabase();
	versions = createVersionStore(database.pool);
	for (const name of ['dev', 'staging']) await addEnvironment(database.pool, name);
});
afterAll(async () => {
	await database.drop();
});

async function exported(): Promise<{ file: ReleaseFile; kept: WorkflowVersion[] }> {
	const ports = { versions, clock, newId };
	const request = { environment: 'dev', createdBy: 'ada' };
	const child = await keepVersion(ports, request, inTarget('child', content('Child', [start])));
	const parent = await keepVersion(
		ports,
		request,
		inTarget('parent', content('Parent', [webhook('orders'), calling('child')])),
	);
	const release = await assembleRelease(ports, request, [
		{ workflowId: 'parent', version: parent, requested: true },
		{ workflowId: 'child', version: child, requested: false },
	]);
	const kept = [child, parent];
	// As a file: what is not JSON does not get through.
	return { file: JSON.parse(JSON.stringify(toReleaseFile(release, kept, ours))), kept };
}

const take = async (file: ReleaseFile, signer = ours, allowUnknownSigner = false) =>
	await importRelease(
		{ versions, signer, clock, newId },
		{ file, environment: 'staging', allowUnknownSigner, message: null, createdBy: 'bob' },
	);

it('comes back as the same release of the same versions', async () => {
	const { file, kept } = await exported();
	const release = await take(file);
	expect(release.digest).toBe(file.release.digest);
	expect(release.environment).toBe('staging');
	expect(release.manifest.map(({ versionId }) => versionId)).toEqual(kept.map(({ id }) => id));
	expect(file.release.manifest.map(({ calls }) => calls)).toEqual([[], ['child']]);
});

it('comes into another installation with its keys, and signed by whom that one trusts', async () => {
	const { file, kept } = await exported();
	await database.pool.query('truncate workflows, bindings, versions, releases cascade');
	const theirs = createReleaseSigner([Buffer.alloc(32, 2)], [ours.publicKey]);
	const release = await take(file, theirs);
	expect(release.manifest.map(({ workflowKey }) => workflowKey)).toEqual(
		kept.map(({ workflowKey }) => workflowKey),
	);
	for (const [index, { versionId }] of release.manifest.entries()) {
		expect((await versions.find(versionId))?.content).toEqual(kept[index]?.content);
	}
});

it('of an unknown signer is refused, and taken in when that is allowed', async () => {
	const { file } = await exported();
	const stranger = createReleaseSigner([Buffer.alloc(32, 3)], []);
	await expect(take(file, stranger)).rejects.toMatchObject({
		code: 'release_signer_unknown',
		details: { publicKey: ours.publicKey },
	});
	await expect(take(file, stranger, true)).resolves.toMatchObject({ environment: 'staging' });
});

it('stays trusted when the encryption key was rotated and the former one is still given', async () => {
	const { file } = await exported();
	const rotated = createReleaseSigner([Buffer.alloc(32, 4), Buffer.alloc(32, 1)], []);
	await expect(take(file, rotated)).resolves.toMatchObject({ environment: 'staging' });
	expect(rotated.publicKey).not.toBe(ours.publicKey);
});

type Tampering = [what: string, told: RegExp, change: (file: ReleaseFile, key: string) => void];
const tamperings: Tampering[] = [
	[
		'a node changed',
		/versions\[".*"\] \("Child"\) does not have its checksum/,
		(file, key) => {
			const [node] = file.versions[key]?.['nodes'] as Array<{ parameters: object }>;
			if (node) node.parameters = { evil: true };
		},
	],
	[
		'a version taken out',
		/\("Child"\) is missing/,
		(file, key) => {
			delete file.versions[key];
		},
	],
	[
		'a version put in',
		/versions\["more"\] is not in the manifest/,
		(file, key) => {
			file.versions['more'] = structuredClone(file.versions[key]) ?? { name: '' };
		},
	],
	[
		'the manifest changed',
		/release.digest is not that of its manifest; signature does not fit/,
		(file) => {
			const [entry] = file.release.manifest;
			if (entry) entry.digest = 'a'.repeat(64);
		},
	],
	[
		'who made it changed',
		/signature does not fit release and checksums/,
		(file) => {
			file.release.createdBy = 'eve';
		},
	],
	[
		'another key named',
		/signature does not fit release and checksums/,
		(file) => {
			file.signature.publicKey = createReleaseSigner([Buffer.alloc(32, 9)], []).publicKey;
		},
	],
];

it.each(tamperings)('with %s is refused, saying what differs', async (_, told, change) => {
	const { file } = await exported();
	change(file, file.release.manifest[0]?.workflowKey ?? '');
	const before = await database.pool.query('select versions.id from versions');
	await expect(take(file, ours, true)).rejects.toMatchObject({
		code: 'release_tampered',
		message: expect.stringMatching(told),
	});
	const after = await database.pool.query('select versions.id from versions');
	expect(after.rowCount).toBe(before.rowCount);
});
