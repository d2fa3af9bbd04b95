import { OrchestrationError } from '../kernel/errors';
import type { Session, SessionRole } from '../sessions/session';
import type { FoundSession, SessionStore } from '../sessions/session-store';
import { codeOf } from './database-errors';
import type { Queryable } from './queryable';

export function createSessionStore(db: Queryable): SessionStore {
	return {
		add: async (session) => {
			await addSession(db, session);
		},
		findByHash: async (hash) => {
			const { rows } = await db.query<FoundRow>(findSql, [hash]);
			const row = rows[0];
			return row ? toFound(row) : null;
		},
		markUsed: async (id, at) => {
			await db.query(markUsedSql, [id, at]);
		},
		list: async ({ limit, after }, { usedAfter, now }) => {
			const { rows } = await db.query<SessionRow>(listSql, [after, usedAfter, now, limit]);
			return rows.map(toSession);
		},
		remove: async (id) => {
			const { rowCount } = await db.query(removeSql, [id]);
			return rowCount > 0;
		},
		purge: async ({ usedAfter, now }) => {
			await db.query(purgeSql, [usedAfter, now]);
			await db.query(purgeAttemptsSql, [now]);
		},
		countAttempt: async (source, now, windowMs) => {
			const { rows } = await db.query<AttemptRow>(countAttemptSql, [
				source,
				now,
				new Date(now.getTime() + windowMs),
			]);
			const row = rows[0];
			if (!row) throw new Error(`the attempt of ${source} was not counted`);
			return { attempts: row.attempts, windowEndsAt: row.window_ends_at };
		},
		forgetAttempts: async (source) => {
			await db.query(forgetAttemptsSql, [source]);
		},
	};
}

interface SessionRow {
	id: string;
	hash: Buffer;
	token_id: string | null;
	provider: string | null;
	subject: string | null;
	name: string;
	role: SessionRole;
	environment: string | null;
	created_at: Date;
	last_used_at: Date;
	ends_at: Date;
}

interface FoundRow extends SessionRow {
	token_expires_at: Date | null;
}

interface AttemptRow {
	attempts: number;
	window_ends_at: Date;
}

async function addSession(db: Queryable, session: Session): Promise<void> {
	try {
		await db.query(addSql, [
			session.id,
			session.hash,
			session.tokenId,
			session.provider,
			session.subject,
			session.name,
			session.role,
			session.environment,
			session.createdAt,
			session.lastUsedAt,
			session.endsAt,
		]);
	} catch (error) {
		// Foreign key violation: the environment it is for.
		if (codeOf(error) !== '23503') throw error;
		throw new OrchestrationError(
			'environment_not_found',
			`There is no environment ${session.environment}, which is all that this sign-in is for. ` +
				'Register it first, or correct the roles of the identity provider.',
			{ cause: error },
		);
	}
}

function toSession(row: SessionRow): Session {
	return {
		id: row.id,
		hash: row.hash,
		tokenId: row.token_id,
		provider: row.provider,
		subject: row.subject,
		name: row.name,
		role: row.role,
		environment: row.environment,
		createdAt: row.created_at,
		lastUsedAt: row.last_used_at,
		endsAt: row.ends_at,
	};
}

function toFound(row: FoundRow): FoundSession {
	return { ...toSession(row), tokenExpiresAt: row.token_expires_at };
}

/** Of a session opened with a token, what the token is now. */
const columns = `sessions.id, sessions.hash, sessions.token_id, sessions.provider, sessions.subject,
	coalesce(tokens.name, sessions.name) as name, coalesce(tokens.role, sessions.role) as role,
	case when sessions.token_id is null then sessions.environment else tokens.environment end
		as environment,
	sessions.created_at, sessions.last_used_at, sessions.ends_at,
	tokens.expires_at as token_expires_at`;

const withToken = `
	from sessions
	left join tokens on tokens.id = sessions.token_id`;

const hasItsToken = `(sessions.token_id is null or tokens.id is not null)`;

const addSql = `
	insert into sessions (id, hash, token_id, provider, subject, name, role, environment, created_at,
		last_used_at, ends_at)
	values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`;

const findSql = `select ${columns} ${withToken} where sessions.hash = $1 and ${hasItsToken}`;

const markUsedSql = `update sessions set last_used_at = $2 where sessions.id = $1`;

const listSql = `
	select ${columns} ${withToken}
	where ($1::text is null or sessions.id < $1)
		and sessions.last_used_at > $2 and sessions.ends_at > $3
		and ${hasItsToken} and (tokens.expires_at is null or tokens.expires_at > $3)
	order by sessions.id desc
	limit $4`;

const removeSql = `delete from sessions where sessions.id = $1`;

const purgeSql = `
	delete from sessions
	where sessions.last_used_at <= $1 or sessions.ends_at <= $2
		or (sessions.token_id is not null
			and not exists (select from tokens where tokens.id = sessions.token_id))`;

const countAttemptSql = `
	insert into sign_in_attempts as known (source, attempts, window_ends_at)
	values ($1, 1, $3)
	on conflict (source) do update set
		attempts = case when known.window_ends_at <= $2 then 1 else known.attempts + 1 end,
		window_ends_at = case when known.window_ends_at <= $2 then $3 else known.window_ends_at end
	returning known.attempts, known.window_ends_at`;

const forgetAttemptsSql = `delete from sign_in_attempts where sign_in_attempts.source = $1`;

const purgeAttemptsSql = `delete from sign_in_attempts where sign_in_attempts.window_ends_at <= $1`;
