import type { BindingStore } from '../workflow-versions/binding-store';
import type { Binding } from '../workflow-versions/version';
import type { Pool, Queryable } from './pool';
import { transaction } from './transaction';

export function createBindingStore(pool: Pool): BindingStore {
	return {
		keyFor: async (...workflow) =>
			(await findKey(pool, workflow[0], workflow[1])) ??
			(await transaction(pool, async (tx) => await newKeyFor(tx, ...workflow))),
		findBinding: async (workflowKey, environment) =>
			await findBinding(pool, workflowKey, environment),
		findKey: async (environment, workflowId) => await findKey(pool, environment, workflowId),
		bindingsIn: async (environment) => await bindingsIn(pool, environment),
		bind: async (binding) => {
			await transaction(pool, async (tx) => {
				await bind(tx, binding);
			});
		},
		bindFree: async (binding) => {
			await transaction(pool, async (tx) => {
				await lockBindings(tx, binding.environment);
				await insertFree(tx, binding);
			});
		},
		unbind: async (binding) => await unbind(pool, binding),
	};
}

/** Who changes what is bound in an environment waits for the one before, so that none collide. */
async function lockBindings(tx: Queryable, environment: string): Promise<void> {
	await tx.query(
		`select environments.name from environments where environments.name = $1 for no key update`,
		[environment],
	);
}

async function newKeyFor(
	tx: Queryable,
	environment: string,
	workflowId: string,
	newKey: string,
): Promise<string> {
	await lockBindings(tx, environment);
	const known = await findKey(tx, environment, workflowId);
	if (known !== null) return known;
	await tx.query(`insert into workflows (key) values ($1) on conflict (key) do nothing`, [newKey]);
	await insertFree(tx, { environment, workflowId, workflowKey: newKey });
	return newKey;
}

async function insertFree(client: Queryable, binding: Binding): Promise<void> {
	await client.query(
		`insert into bindings (environment, workflow_id, workflow_key) values ($1, $2, $3)
		on conflict do nothing`,
		[binding.environment, binding.workflowId, binding.workflowKey],
	);
}

/** Runs inside the caller's transaction. */
export async function bind(tx: Queryable, binding: Binding): Promise<void> {
	await lockBindings(tx, binding.environment);
	await tx.query(
		`delete from bindings where bindings.environment = $1
			and (bindings.workflow_id = $2 or bindings.workflow_key = $3)`,
		[binding.environment, binding.workflowId, binding.workflowKey],
	);
	await insertFree(tx, binding);
}

async function unbind(client: Queryable, binding: Binding): Promise<void> {
	await client.query(
		`delete from bindings where bindings.environment = $1 and bindings.workflow_id = $2
			and bindings.workflow_key = $3`,
		[binding.environment, binding.workflowId, binding.workflowKey],
	);
}

const selectBindings = `select bindings.workflow_key as "workflowKey", bindings.environment,
	bindings.workflow_id as "workflowId" from bindings`;

async function findKey(
	client: Queryable,
	environment: string,
	workflowId: string,
): Promise<string | null> {
	const { rows } = await client.query<Binding>(
		`${selectBindings} where bindings.environment = $1 and bindings.workflow_id = $2`,
		[environment, workflowId],
		'find_workflow_key',
	);
	return rows[0]?.workflowKey ?? null;
}

async function findBinding(
	client: Queryable,
	workflowKey: string,
	environment: string,
): Promise<Binding | null> {
	const { rows } = await client.query<Binding>(
		`${selectBindings} where bindings.workflow_key = $1 and bindings.environment = $2`,
		[workflowKey, environment],
		'find_binding',
	);
	return rows[0] ?? null;
}

async function bindingsIn(client: Queryable, environment: string): Promise<Binding[]> {
	const { rows } = await client.query<Binding>(
		`${selectBindings} where bindings.environment = $1 order by bindings.workflow_key`,
		[environment],
	);
	return rows;
}
