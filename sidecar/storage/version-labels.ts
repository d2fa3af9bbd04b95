import type { Pool } from './queryable';
import { transaction } from './transaction';

/** Makes these the labels of a version; who set one first stays with it. */
export async function setLabels(
	pool: Pool,
	versionId: string,
	labels: string[],
	by: string,
	at: Date,
): Promise<void> {
	await transaction(pool, async (tx) => {
		// One at a time for one version.
		await tx.query(`select versions.id from versions where versions.id = $1 for update`, [
			versionId,
		]);
		await tx.query(
			`delete from version_labels
			where version_labels.version_id = $1 and version_labels.label <> all ($2::text[])`,
			[versionId, labels],
		);
		await tx.query(
			`insert into version_labels (version_id, label, created_by, created_at)
			select $1, given.label, $3, $4 from unnest($2::text[]) as given (label)
			on conflict (version_id, label) do nothing`,
			[versionId, labels, by, at],
		);
	});
}
