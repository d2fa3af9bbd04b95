import type { ReleaseStore } from '../workflow-versions/release-store';
import type { Release } from '../workflow-versions/version';
import type { Pool, Queryable } from './pool';

export function createReleaseStore(pool: Pool): ReleaseStore {
	return {
		addRelease: async (release) => await addRelease(pool, release),
		findRelease: async (id) => await findRelease(pool, id),
		concernsEnvironment: async (id, environment) =>
			await concernsEnvironment(pool, id, environment),
	};
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
	const { rows } = await client.query<Release>(
		`select releases.id, releases.environment, releases.digest, releases.message,
			releases.manifest, releases.created_by as "createdBy", releases.created_at as "createdAt"
		from releases where releases.id = $1`,
		[id],
	);
	return rows[0] ?? null;
}

async function concernsEnvironment(
	client: Queryable,
	id: string,
	environment: string,
): Promise<boolean> {
	const { rows } = await client.query(
		`select releases.id from releases
		where releases.id = $1 and (releases.environment = $2 or exists (
			select promotions.id from promotions
			where promotions.release_id = releases.id and promotions.to_environment = $2))`,
		[id, environment],
	);
	return rows.length === 1;
}
