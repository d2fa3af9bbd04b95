import type { Queryable } from '../../../sidecar/storage/queryable';

/** After seedRows: as if every workflow of production had drifted. Findings are in the order of the keys. */
export async function seedDrift(db: Queryable): Promise<void> {
	await db.query(`insert into drift_expectations (environment, workflow_key, workflow_id, draft, tags,
			credentials, prints, source, expected_by, expected_at)
		select 'production', binding.workflow_key, binding.workflow_id, version.id, '[]', '{}', '{}',
			'adopted', 'seed', now()
		from bindings as binding join versions as version on version.workflow_key = binding.workflow_key
		where binding.environment = 'production'`);
	await db.query(`insert into drift_findings (id, environment, workflow_key, workflow_id, name, kind,
			weight, state, diff, since, seen_at)
		select ('01a216ee-0000-7000-8000-' || right(workflow_key, 6) || '000000')::uuid, environment,
			workflow_key, workflow_id, 'Orders', 'live', 'behaviour', 'x', '~ node "Book"', now(), now()
		from bindings where environment = 'production'`);
}
