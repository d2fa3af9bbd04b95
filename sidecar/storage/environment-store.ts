import type { DeadLetterRules, Environment, TemporalPlace } from '../environments/environment';
import type { EnvironmentStore } from '../environments/environment-store';
import type { ProtectionRules } from '../environments/protection';
import { OrchestrationError } from '../kernel/errors';
import { codeOf } from './database-errors';
import type { Queryable } from './queryable';

export function createEnvironmentStore(db: Queryable): EnvironmentStore {
	return {
		put: async (environment) => await putEnvironment(db, environment),
		find: async (name) => {
			const { rows } = await db.query<EnvironmentRow>(findSql, [name]);
			return rows[0] ? toEnvironment(rows[0]) : null;
		},
		list: async () => {
			const { rows } = await db.query<EnvironmentRow>(listSql);
			return rows.map(toEnvironment);
		},
		remove: async (name) => await removeEnvironment(db, name),
		loadMemory: async (name) => {
			const { rows } = await db.query<{ sealed_memory: string | null }>(loadMemorySql, [name]);
			return rows[0]?.sealed_memory ?? null;
		},
		saveMemory: async (name, sealed) => {
			const { rowCount } = await db.query(saveMemorySql, [name, sealed]);
			if (rowCount === 0) throw gone(name);
		},
	};
}

interface EnvironmentRow {
	name: string;
	engine: Environment['engine'];
	base_url: string;
	stage: number;
	protected: boolean;
	dead_letters: DeadLetterRules;
	sealed_access: string;
	has_api_key: boolean;
	has_oauth2: boolean;
	created_at: Date;
	updated_at: Date;
	protection: ProtectionRules | null;
	temporal: TemporalPlace | null;
}

async function putEnvironment(db: Queryable, environment: Environment): Promise<Environment> {
	const { rows } = await db.query<EnvironmentRow>(putSql, [
		environment.name,
		environment.engine,
		environment.baseUrl,
		environment.stage,
		environment.protected,
		JSON.stringify(environment.deadLetters),
		environment.sealedAccess,
		environment.access.apiKey,
		environment.access.oauth2,
		environment.createdAt,
		environment.updatedAt,
		environment.protection ? JSON.stringify(environment.protection) : null,
		environment.temporal ? JSON.stringify(environment.temporal) : null,
	]);
	const row = rows[0];
	if (!row) throw new Error(`environment ${environment.name} was not kept`);
	return toEnvironment(row);
}

async function removeEnvironment(db: Queryable, name: string): Promise<boolean> {
	try {
		const { rowCount } = await db.query(removeSql, [name]);
		return rowCount > 0;
	} catch (error) {
		// Foreign key violation: something still names it.
		if (codeOf(error) !== '23503') throw error;
		throw new OrchestrationError(
			'environment_in_use',
			`Executions, versions, promotions or dead letters name the environment ${name}, so it has to stay known. ` +
				'To stop work on it, put deadLetters.follow to false and revoke its API key in n8n.',
			{ details: { environment: name }, cause: error },
		);
	}
}

function gone(name: string): OrchestrationError {
	return new OrchestrationError(
		'environment_not_found',
		`There is no environment ${name} any more. Register it with PUT /api/v1/environments/${name}.`,
	);
}

function toEnvironment(row: EnvironmentRow): Environment {
	return {
		name: row.name,
		engine: row.engine,
		baseUrl: row.base_url,
		stage: row.stage,
		protected: row.protected,
		...(row.protection ? { protection: row.protection } : {}),
		...(row.temporal ? { temporal: row.temporal } : {}),
		deadLetters: row.dead_letters,
		sealedAccess: row.sealed_access,
		access: { apiKey: row.has_api_key, oauth2: row.has_oauth2 },
		createdAt: row.created_at,
		updatedAt: row.updated_at,
	};
}

const columns = `environments.name, environments.engine, environments.base_url,
	environments.stage, environments.protected, environments.dead_letters,
	environments.sealed_access, environments.has_api_key, environments.has_oauth2,
	environments.created_at, environments.updated_at, environments.protection, environments.temporal`;

const putSql = `
	insert into environments (name, engine, base_url, stage, protected, dead_letters, sealed_access,
		has_api_key, has_oauth2, created_at, updated_at, protection, temporal)
	values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
	on conflict (name) do update set
		engine = excluded.engine,
		base_url = excluded.base_url,
		stage = excluded.stage,
		protected = excluded.protected,
		dead_letters = excluded.dead_letters,
		sealed_access = excluded.sealed_access,
		has_api_key = excluded.has_api_key,
		has_oauth2 = excluded.has_oauth2,
		updated_at = excluded.updated_at,
		protection = excluded.protection,
		temporal = excluded.temporal
	returning ${columns}`;

const findSql = `select ${columns} from environments where environments.name = $1`;

const listSql = `
	select ${columns} from environments order by environments.stage, environments.name`;

const removeSql = `delete from environments where environments.name = $1`;

const loadMemorySql = `
	select environments.sealed_memory from environments where environments.name = $1`;

const saveMemorySql = `
	update environments set sealed_memory = $2 where environments.name = $1`;
