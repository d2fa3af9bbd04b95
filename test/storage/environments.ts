import type { Pool } from '../../sidecar/storage/pool';

/** An environment that other rows can refer to; nobody calls it. */
export async function addEnvironment(pool: Pool, name: string): Promise<void> {
	await pool.query(
		`insert into environments (name, engine, base_url, stage, protected, dead_letters,
			sealed_access, has_api_key, has_oauth2, created_at, updated_at)
		values ($1, 'n8n', 'http://127.0.0.1:1', 10, false, '{}', 'sealed', true, false, now(), now())`,
		[name],
	);
}
