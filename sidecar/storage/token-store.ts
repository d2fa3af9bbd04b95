import { OrchestrationError } from '../kernel/errors';
import type { AccessToken, TokenRole } from '../tokens/token';
import type { TokenStore } from '../tokens/token-store';
import { codeOf } from './database-errors';
import type { Pool, Queryable } from './queryable';
import { transaction } from './transaction';

export function createTokenStore(pool: Pool): TokenStore {
	return {
		add: async (token) => await addToken(pool, token),
		findByHash: async (hash) => {
			const { rows } = await pool.query<TokenRow>(findByHashSql, [hash]);
			return rows[0] ? toToken(rows[0]) : null;
		},
		list: async ({ limit, after }) => {
			const { rows } = await pool.query<TokenRow>(listSql, [after, limit]);
			return rows.map(toToken);
		},
		remove: async (id, now) =>
			await transaction(pool, async (tx) => await removeToken(tx, id, now)),
		putBootstrap: async (token) => {
			await transaction(pool, async (tx) => {
				// Many replicas start at once with the same token: one after the other.
				await tx.query('lock table tokens in share row exclusive mode');
				await tx.query(putBootstrapSql, valuesOf(token));
			});
		},
		addFirst: async (token, now) =>
			await transaction(pool, async (tx) => await addFirst(tx, token, now)),
		markUsed: async (id, at) => {
			await pool.query(markUsedSql, [id, at]);
		},
	};
}

interface TokenRow {
	id: string;
	name: string;
	role: TokenRole;
	environment: string | null;
	hash: Buffer;
	expires_at: Date | null;
	created_at: Date;
	last_used_at: Date | null;
}

async function addToken(db: Queryable, token: AccessToken): Promise<AccessToken> {
	try {
		const { rows } = await db.query<TokenRow>(addSql, valuesOf(token));
		return kept(rows, token);
	} catch (error) {
		// Foreign key violation: the environment it is for.
		if (codeOf(error) !== '23503') throw error;
		throw new OrchestrationError(
			'environment_not_found',
			`There is no environment ${token.environment} to make a token for. Register it first with ` +
				`PUT /api/v1/environments/${token.environment}, or leave environment out.`,
			{ cause: error },
		);
	}
}

async function removeToken(
	tx: Queryable,
	id: string,
	now: Date,
): Promise<'removed' | 'missing' | 'last-admin'> {
	// Whoever holds these rows decides: two deletions at once must not each spare the other's token.
	const admins = await tx.query<{ id: string }>(lockAdminsSql, [now]);
	const others = admins.rows.filter((row) => row.id !== id);
	if (admins.rowCount > 0 && others.length === 0) return 'last-admin';
	const { rowCount } = await tx.query(removeSql, [id]);
	return rowCount === 0 ? 'missing' : 'removed';
}

async function addFirst(tx: Queryable, token: AccessToken, now: Date): Promise<AccessToken | null> {
	const admins = await tx.query(lockAdminsSql, [now]);
	if (admins.rowCount > 0) return null;
	// Of several that start at once, the index lets one through.
	const { rows } = await tx.query<TokenRow>(addFirstSql, valuesOf(token));
	return rows[0] ? toToken(rows[0]) : null;
}

function kept(rows: TokenRow[], token: AccessToken): AccessToken {
	const row = rows[0];
	if (!row) throw new Error(`token ${token.id} was not kept`);
	return toToken(row);
}

function valuesOf(token: AccessToken): unknown[] {
	return [
		token.id,
		token.name,
		token.role,
		token.environment,
		token.hash,
		token.expiresAt,
		token.createdAt,
		token.lastUsedAt,
	];
}

function toToken(row: TokenRow): AccessToken {
	return {
		id: row.id,
		name: row.name,
		role: row.role,
		environment: row.environment,
		hash: row.hash,
		expiresAt: row.expires_at,
		createdAt: row.created_at,
		lastUsedAt: row.last_used_at,
	};
}

const columns = `tokens.id, tokens.name, tokens.role, tokens.environment, tokens.hash,
	tokens.expires_at, tokens.created_at, tokens.last_used_at`;

const insertInto = `
	insert into tokens (id, name, role, environment, hash, expires_at, created_at, last_used_at,
		bootstrap)`;

const addSql = `${insertInto}
	values ($1, $2, $3, $4, $5, $6, $7, $8, false)
	returning ${columns}`;

const addFirstSql = `${insertInto}
	values ($1, $2, $3, $4, $5, $6, $7, $8, true)
	on conflict (bootstrap) where bootstrap do nothing
	returning ${columns}`;

const putBootstrapSql = `${insertInto}
	values ($1, $2, $3, $4, $5, $6, $7, $8, true)
	on conflict (bootstrap) where bootstrap do update set
		id = excluded.id,
		hash = excluded.hash,
		created_at = excluded.created_at,
		last_used_at = excluded.last_used_at
	where tokens.hash <> excluded.hash`;

const findByHashSql = `select ${columns} from tokens where tokens.hash = $1`;

const listSql = `
	select ${columns} from tokens
	where $1::text is null or tokens.id > $1
	order by tokens.id
	limit $2`;

const lockAdminsSql = `
	select tokens.id from tokens
	where tokens.role = 'admin' and tokens.environment is null
		and (tokens.expires_at is null or tokens.expires_at > $1)
	order by tokens.id
	for update`;

const removeSql = `delete from tokens where tokens.id = $1`;

const markUsedSql = `update tokens set last_used_at = $2 where tokens.id = $1`;
