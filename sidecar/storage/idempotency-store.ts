import type { IdempotencyClaim, IdempotencyStore } from '../http/idempotency-store';
import type { Queryable } from './queryable';

export function createIdempotencyStore(db: Queryable): IdempotencyStore {
	return {
		begin: async ({ tokenId, key, requestHash }) => {
			for (;;) {
				const claimed = await db.query(claimSql, [tokenId, key, requestHash]);
				if (claimed.rowCount === 1) return { status: 'new' };
				const found = await db.query<KeyRow>(findSql, [tokenId, key]);
				const row = found.rows[0];
				// Gone between the two statements: abandoned, so it is free again.
				if (row) return claimOf(row, requestHash);
			}
		},
		finish: async ({ tokenId, key, response }) => {
			const body = JSON.stringify(response.body ?? null);
			await db.query(finishSql, [tokenId, key, response.status, body]);
		},
		abandon: async ({ tokenId, key }) => {
			await db.query(abandonSql, [tokenId, key]);
		},
		purge: async (olderThan) => {
			const { rowCount } = await db.query(purgeSql, [olderThan]);
			return rowCount;
		},
	};
}

interface KeyRow {
	request_hash: string;
	response_status: number | null;
	response_body: unknown;
}

function claimOf(row: KeyRow, requestHash: string): IdempotencyClaim {
	if (row.request_hash !== requestHash) return { status: 'mismatch' };
	if (row.response_status === null) return { status: 'in-progress' };
	return { status: 'done', response: { status: row.response_status, body: row.response_body } };
}

const claimSql = `
	insert into idempotency_keys as known (token_id, key, request_hash)
	values ($1, $2, $3)
	on conflict (token_id, key) do update set claimed_at = clock_timestamp()
	where known.response_status is null
		and known.request_hash = excluded.request_hash
		and known.claimed_at <= clock_timestamp() - interval '60 seconds'`;

const findSql = `
	select known.request_hash, known.response_status, known.response_body
	from idempotency_keys known
	where known.token_id = $1 and known.key = $2`;

const finishSql = `
	update idempotency_keys
	set response_status = $3, response_body = $4
	where idempotency_keys.token_id = $1 and idempotency_keys.key = $2
		and idempotency_keys.response_status is null`;

const abandonSql = `
	delete from idempotency_keys
	where idempotency_keys.token_id = $1 and idempotency_keys.key = $2
		and idempotency_keys.response_status is null`;

const purgeSql = `
	delete from idempotency_keys
	where idempotency_keys.claimed_at < $1`;
