import type { NewVersion, WorkflowVersion } from '../workflow-versions/version';
import type { PageRequest, VersionStore } from '../workflow-versions/version-store';
import { createBindingStore } from './binding-store';
import type { Pool, Queryable } from './pool';
import { createReleaseStore } from './release-store';
import { transaction } from './transaction';
import { setLabels } from './version-labels';
import { contentColumns, contentOf, keepParts, type ContentRow } from './version-parts';
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
		findIn: async (originId, environment) =>
			await findVersion(
				pool,
				`(versions.id = $1 or versions.origin_id = $1) and versions.environment = $2`,
				[originId, environment],
			),
		listOf: async (workflowKey, page) => await listVersions(pool, workflowKey, page),
		listNumbered: async (workflowKey, page, label = null) =>
			await listNumbered(pool, workflowKey, page, label),
		setLabels: async (id, labels, by, at) => {
			await setLabels(pool, id, labels, by, at);
		},
		listWorkflows: async (page, environment = null) => await listWorkflows(pool, page, environment),
		...createBindingStore(pool),
		...createReleaseStore(pool),
	};
}

async function addVersion(tx: Queryable, version: NewVersion): Promise<WorkflowVersion> {
	await tx.query(`insert into workflows (key) values ($1) on conflict (key) do nothing`, [
		version.workflowKey,
	]);
	// Whoever holds the workflow's row gives out its numbers.
	await tx.query(`select workflows.key from workflows where workflows.key = $1 for update`, [
		version.workflowKey,
	]);
	const same = async () =>
		await findVersion(
			tx,
			`versions.workflow_key = $1 and versions.digest = $2 and versions.appearance_digest = $3`,
			[version.workflowKey, version.digest, version.appearanceDigest],
		);
	const known = await same();
	if (known) return known;
	await insertVersion(tx, version);
	const kept = await same();
	if (!kept) throw new TypeError(`version ${version.id} was not kept`);
	return kept;
}

async function insertVersion(tx: Queryable, version: NewVersion): Promise<void> {
	const { frame, nodes } = await keepParts(tx, version.content);
	await tx.query(
		`insert into versions (id, workflow_key, number, digest, appearance_digest, name, frame, nodes,
			tags, active, message, environment, workflow_id, created_by, created_at, origin_id)
		select $1, $2, case when origin.id is null then numbered.last + 1 end, $3, $4, $5, $6, $7, $8,
			$9, $10, $11, $12, $13, $14, coalesce(origin.origin_id, origin.id)
		from (select coalesce(max(versions.number), 0) as last from versions
			where versions.workflow_key = $2) as numbered
		left join versions as origin on origin.id = $15 and origin.workflow_key = $2`,
		[
			version.id,
			version.workflowKey,
			version.digest,
			version.appearanceDigest,
			version.content.name,
			frame,
			nodes,
			version.tags,
			version.active,
			version.message,
			version.environment,
			version.workflowId,
			version.createdBy,
			version.createdAt,
			version.originId ?? null,
		],
	);
}

const selectVersions = `select versions.id, versions.workflow_key as "workflowKey",
	coalesce(versions.number, origin.number) as number,
	case when origin.id is not null
		then json_build_object('id', origin.id, 'digest', origin.digest) end as origin,
	versions.digest, versions.appearance_digest as "appearanceDigest", ${contentColumns},
	versions.tags, versions.active, versions.message, versions.environment,
	versions.workflow_id as "workflowId", versions.created_by as "createdBy",
	versions.created_at as "createdAt",
	array(select version_labels.label from version_labels
		where version_labels.version_id = coalesce(versions.origin_id, versions.id)
		order by version_labels.label) as labels
	from versions left join versions as origin on origin.id = versions.origin_id`;

type VersionRow = Omit<WorkflowVersion, 'content'> & ContentRow;

function versionOf({ content, frame, nodes, ...row }: VersionRow): WorkflowVersion {
	return { ...row, content: contentOf({ content, frame, nodes }) };
}

async function findVersion(
	client: Queryable,
	condition: string,
	values: unknown[],
): Promise<WorkflowVersion | null> {
	const { rows } = await client.query<VersionRow>(
		`${selectVersions} where ${condition}
		order by versions.created_at desc, versions.id desc limit 1`,
		values,
	);
	return rows[0] ? versionOf(rows[0]) : null;
}

async function listVersions(
	client: Queryable,
	workflowKey: string,
	page: PageRequest,
): Promise<WorkflowVersion[]> {
	const { rows } = await client.query<VersionRow>(
		`${selectVersions} where versions.workflow_key = $1
			and ($2::uuid is null or (versions.created_at, versions.id) <
				(select before.created_at, before.id from versions as before where before.id = $2))
		order by versions.created_at desc, versions.id desc limit $3`,
		[workflowKey, page.after, page.limit],
	);
	return rows.map(versionOf);
}

async function listNumbered(
	client: Queryable,
	workflowKey: string,
	page: PageRequest,
	label: string | null,
): Promise<WorkflowVersion[]> {
	const { rows } = await client.query<VersionRow>(
		`${selectVersions} where versions.workflow_key = $1 and versions.number is not null
			and ($2::uuid is null or versions.number <
				(select before.number from versions as before where before.id = $2))
			and ($4::text is null or exists (
				select version_labels.label from version_labels
				where version_labels.version_id = versions.id and version_labels.label = $4))
		order by versions.number desc limit $3`,
		[workflowKey, page.after, page.limit, label],
	);
	return rows.map(versionOf);
}
