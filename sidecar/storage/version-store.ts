import type { WorkflowVersion } from '../workflow-versions/version';
import type { PageRequest, VersionStore } from '../workflow-versions/version-store';
import { createBindingStore } from './binding-store';
import type { Pool, Queryable } from './pool';
import { createReleaseStore } from './release-store';
import { transaction } from './transaction';
import { listWorkflows } from './workflow-listing';

export function createVersionStore(pool: Pool): VersionStore {
	return {
		add: async (version) => await transaction(pool, async (tx) => await addVersion(tx, version)),
		find: async (id) => await findVersion(pool, 'versions.id = $1', [id]),
		findByDigest: async (workflowKey, digest) =>
			await findVersion(pool, 'versions.workflow_key = $1 and versions.digest = $2', [
				workflowKey,
				digest,
			]),
		listOf: async (workflowKey, page) => await listVersions(pool, workflowKey, page),
		listWorkflows: async (page, environment = null) => await listWorkflows(pool, page, environment),
		...createBindingStore(pool),
		...createReleaseStore(pool),
	};
}

async function addVersion(
	tx: Queryable,
	version: Omit<WorkflowVersion, 'number'>,
): Promise<WorkflowVersion> {
	await tx.query(`insert into workflows (key) values ($1) on conflict (key) do nothing`, [
		version.workflowKey,
	]);
	// Whoever holds the workflow's row gives out its numbers.
	await tx.query(`select workflows.key from workflows where workflows.key = $1 for update`, [
		version.workflowKey,
	]);
	await tx.query(
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
		tx,
		`versions.workflow_key = $1 and versions.digest = $2 and versions.appearance_digest = $3`,
		[version.workflowKey, version.digest, version.appearanceDigest],
	);
	if (!kept) throw new TypeError(`version ${version.id} was not kept`);
	return kept;
}

const selectVersions = `select versions.id, versions.workflow_key as "workflowKey", versions.number,
	versions.digest, versions.appearance_digest as "appearanceDigest", versions.content,
	versions.tags, versions.active, versions.message, versions.environment,
	versions.workflow_id as "workflowId", versions.created_by as "createdBy",
	versions.created_at as "createdAt" from versions`;

async function findVersion(
	client: Queryable,
	condition: string,
	values: unknown[],
): Promise<WorkflowVersion | null> {
	const { rows } = await client.query<WorkflowVersion>(
		`${selectVersions} where ${condition} order by versions.number desc limit 1`,
		values,
	);
	return rows[0] ?? null;
}

async function listVersions(
	client: Queryable,
	workflowKey: string,
	page: PageRequest,
): Promise<WorkflowVersion[]> {
	const { rows } = await client.query<WorkflowVersion>(
		`${selectVersions} where versions.workflow_key = $1
			and ($2::uuid is null or versions.number <
				(select before.number from versions as before where before.id = $2))
		order by versions.number desc limit $3`,
		[workflowKey, page.after, page.limit],
	);
	return rows;
}
