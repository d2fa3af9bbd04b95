import type { WorkflowContent } from '../engines/engine';
import type { Binding, Release, ReleaseEntry, WorkflowVersion } from '../workflow-versions/version';
import type {
	PageRequest,
	VersionStore,
	WorkflowListing,
} from '../workflow-versions/version-store';
import type { Pool, Queryable } from './pool';
import { transaction } from './transaction';

interface VersionRow {
	id: string;
	workflow_key: string;
	number: number;
	digest: string;
	appearance_digest: string;
	content: WorkflowContent;
	tags: string[];
	active: boolean;
	message: string | null;
	environment: string | null;
	workflow_id: string | null;
	created_by: string;
	created_at: Date;
}

const versionColumns = `versions.id, versions.workflow_key, versions.number, versions.digest,
	versions.appearance_digest, versions.content, versions.tags, versions.active, versions.message,
	versions.environment, versions.workflow_id, versions.created_by, versions.created_at`;

export function createVersionStore(pool: Pool): VersionStore {
	return {
		add: async (version) =>
			await transaction(pool, async (client) => await addVersion(client, version)),
		find: async (id) => await findVersion(pool, 'versions.id = $1', [id]),
		findByDigest: async (workflowKey, digest) =>
			await findVersion(pool, 'versions.workflow_key = $1 and versions.digest = $2', [
				workflowKey,
				digest,
			]),
		listOf: async (workflowKey, page) => await listVersions(pool, workflowKey, page),
		listWorkflows: async (page) => await listWorkflows(pool, page),
		keyFor: async (environment, workflowId, newKey) =>
			await transaction(
				pool,
				async (client) => await keyFor(client, environment, workflowId, newKey),
			),
		findBinding: async (workflowKey, environment) =>
			await findBinding(pool, workflowKey, environment),
		findKey: async (environment, workflowId) => await findKey(pool, environment, workflowId),
		bindingsIn: async (environment) => await bindingsIn(pool, environment),
		bind: async (binding) => {
			await transaction(pool, async (client) => {
				await bind(client, binding);
			});
		},
		unbind: async (workflowKey, environment) => await unbind(pool, workflowKey, environment),
		addRelease: async (release) => await addRelease(pool, release),
		findRelease: async (id) => await findRelease(pool, id),
	};
}

async function addVersion(
	client: Queryable,
	version: Omit<WorkflowVersion, 'number'>,
): Promise<WorkflowVersion> {
	await client.query(`insert into workflows (key) values ($1) on conflict (key) do nothing`, [
		version.workflowKey,
	]);
	// Whoever holds the workflow's row gives out its numbers.
	await client.query(`select workflows.key from workflows where workflows.key = $1 for update`, [
		version.workflowKey,
	]);
	await client.query(
		`insert into versions (id, workflow_key, number, digest, appearance_digest, name, content,
			tags, active, message, environment, workflow_id, created_by, created_at)
		select $1, $2, coalesce(max(versions.number), 0) + 1, $3, $4, $5, $6, $7, $8, $9, $10, $11,
			$12, $13
		from versions where versions.workflow_key = $2
		on conflict (workflow_key, digest, appearance_digest) do nothing`,
		[
			version.id,
			version.workflowKey,
			version.digest,
			version.appearanceDigest,
			version.content.name,
			JSON.stringify(version.content),
			version.tags,
			version.active,
			version.message,
			version.environment,
			version.workflowId,
			version.createdBy,
			version.createdAt,
		],
	);
	const kept = await findVersion(
		client,
		`versions.workflow_key = $1 and versions.digest = $2 and versions.appearance_digest = $3`,
		[version.workflowKey, version.digest, version.appearanceDigest],
	);
	if (!kept) throw new Error(`version ${version.id} was not kept`);
	return kept;
}

async function findVersion(
	client: Queryable,
	condition: string,
	values: unknown[],
): Promise<WorkflowVersion | null> {
	const { rows } = await client.query<VersionRow>(
		`select ${versionColumns} from versions where ${condition}
		order by versions.number desc limit 1`,
		values,
	);
	return rows[0] ? toVersion(rows[0]) : null;
}

async function listVersions(
	client: Queryable,
	workflowKey: string,
	page: PageRequest,
): Promise<WorkflowVersion[]> {
	const { rows } = await client.query<VersionRow>(
		`select ${versionColumns} from versions
		where versions.workflow_key = $1
			and ($2::uuid is null or versions.number <
				(select before.number from versions as before where before.id = $2))
		order by versions.number desc limit $3`,
		[workflowKey, page.after, page.limit],
	);
	return rows.map(toVersion);
}

function toVersion(row: VersionRow): WorkflowVersion {
	return {
		id: row.id,
		workflowKey: row.workflow_key,
		number: row.number,
		digest: row.digest,
		appearanceDigest: row.appearance_digest,
		content: row.content,
		tags: row.tags,
		active: row.active,
		message: row.message,
		environment: row.environment,
		workflowId: row.workflow_id,
		createdBy: row.created_by,
		createdAt: row.created_at,
	};
}

async function listWorkflows(client: Queryable, page: PageRequest): Promise<WorkflowListing[]> {
	const { rows } = await client.query<{
		key: string;
		name: string;
		latest: number;
		bindings: Record<string, string>;
	}>(
		`select workflows.key, newest.name, newest.number as latest,
			coalesce((select json_object_agg(bindings.environment, bindings.workflow_id)
				from bindings where bindings.workflow_key = workflows.key), '{}') as bindings
		from workflows
		cross join lateral (
			select versions.name, versions.number from versions
			where versions.workflow_key = workflows.key
			order by versions.number desc limit 1
		) as newest
		where $1::text is null or workflows.key > $1
		order by workflows.key limit $2`,
		[page.after, page.limit],
	);
	return rows.map((row) => ({
		workflowKey: row.key,
		name: row.name,
		latestVersion: row.latest,
		bindings: row.bindings,
	}));
}

async function keyFor(
	client: Queryable,
	environment: string,
	workflowId: string,
	newKey: string,
): Promise<string> {
	const known = await findKey(client, environment, workflowId);
	if (known !== null) return known;
	await client.query(`insert into workflows (key) values ($1) on conflict (key) do nothing`, [
		newKey,
	]);
	await client.query(
		`insert into bindings (environment, workflow_id, workflow_key) values ($1, $2, $3)
		on conflict (environment, workflow_id) do nothing`,
		[environment, workflowId, newKey],
	);
	// Another replica may have been first.
	return (await findKey(client, environment, workflowId)) ?? newKey;
}

async function findKey(
	client: Queryable,
	environment: string,
	workflowId: string,
): Promise<string | null> {
	const { rows } = await client.query<{ workflow_key: string }>(
		`select bindings.workflow_key from bindings
		where bindings.environment = $1 and bindings.workflow_id = $2`,
		[environment, workflowId],
	);
	return rows[0]?.workflow_key ?? null;
}

async function findBinding(
	client: Queryable,
	workflowKey: string,
	environment: string,
): Promise<Binding | null> {
	const { rows } = await client.query<BindingRow>(
		`select bindings.workflow_key, bindings.environment, bindings.workflow_id from bindings
		where bindings.workflow_key = $1 and bindings.environment = $2`,
		[workflowKey, environment],
	);
	return rows[0] ? toBinding(rows[0]) : null;
}

async function bindingsIn(client: Queryable, environment: string): Promise<Binding[]> {
	const { rows } = await client.query<BindingRow>(
		`select bindings.workflow_key, bindings.environment, bindings.workflow_id from bindings
		where bindings.environment = $1 order by bindings.workflow_key`,
		[environment],
	);
	return rows.map(toBinding);
}

interface BindingRow {
	workflow_key: string;
	environment: string;
	workflow_id: string;
}

function toBinding(row: BindingRow): Binding {
	return {
		workflowKey: row.workflow_key,
		environment: row.environment,
		workflowId: row.workflow_id,
	};
}

/** Runs in a transaction: both sides of the binding are free afterwards, then bound. */
async function bind(client: Queryable, binding: Binding): Promise<void> {
	await client.query(
		`delete from bindings where bindings.environment = $1
			and (bindings.workflow_id = $2 or bindings.workflow_key = $3)`,
		[binding.environment, binding.workflowId, binding.workflowKey],
	);
	await client.query(
		`insert into bindings (environment, workflow_id, workflow_key) values ($1, $2, $3)`,
		[binding.environment, binding.workflowId, binding.workflowKey],
	);
}

async function unbind(client: Queryable, workflowKey: string, environment: string): Promise<void> {
	await client.query(
		`delete from bindings where bindings.workflow_key = $1 and bindings.environment = $2`,
		[workflowKey, environment],
	);
}

interface ReleaseRow {
	id: string;
	environment: string;
	digest: string;
	message: string | null;
	manifest: ReleaseEntry[];
	created_by: string;
	created_at: Date;
}

async function addRelease(client: Queryable, release: Release): Promise<Release> {
	await client.query(
		`insert into releases (id, environment, digest, message, manifest, created_by, created_at)
		values ($1, $2, $3, $4, $5, $6, $7)`,
		[
			release.id,
			release.environment,
			release.digest,
			release.message,
			JSON.stringify(release.manifest),
			release.createdBy,
			release.createdAt,
		],
	);
	return release;
}

async function findRelease(client: Queryable, id: string): Promise<Release | null> {
	const { rows } = await client.query<ReleaseRow>(
		`select releases.id, releases.environment, releases.digest, releases.message,
			releases.manifest, releases.created_by, releases.created_at
		from releases where releases.id = $1`,
		[id],
	);
	const row = rows[0];
	if (!row) return null;
	return {
		id: row.id,
		environment: row.environment,
		digest: row.digest,
		message: row.message,
		manifest: row.manifest,
		createdBy: row.created_by,
		createdAt: row.created_at,
	};
}
