import type { PageRequest, WorkflowListing } from '../workflow-versions/version-store';
import type { Queryable } from './pool';

export async function listWorkflows(
	client: Queryable,
	page: PageRequest,
	environment: string | null,
): Promise<WorkflowListing[]> {
	const { rows } = await client.query<WorkflowListing>(
		`select workflows.key as "workflowKey", newest.name, newest.number as "latestVersion",
			coalesce((select json_object_agg(bindings.environment, bindings.workflow_id)
				from bindings where bindings.workflow_key = workflows.key
					and ($3::text is null or bindings.environment = $3)), '{}') as bindings
		from workflows
		cross join lateral (
			select versions.name, versions.number from versions
			where versions.workflow_key = workflows.key and versions.number is not null
			order by versions.number desc limit 1
		) as newest
		where ($1::text is null or workflows.key > $1)
			and ($3::text is null or exists (
				select bindings.workflow_key from bindings
				where bindings.workflow_key = workflows.key and bindings.environment = $3))
		order by workflows.key limit $2`,
		[page.after, page.limit, environment],
	);
	return rows;
}
