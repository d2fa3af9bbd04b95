import type { WorkflowDefinitions } from '../engines/port/definitions';
import type { EngineWorkflow } from '../engines/port/workflow';
import { isOrchestrationError } from '../kernel/errors';

/** What else the source has: its ids are looked for in the workflows, so that none gets over unseen. */
export interface SourceInventory {
	/** Id → name; of workflows, credentials and data tables. */
	workflows: Map<string, string>;
	credentials: Map<string, string>;
	dataTables: Map<string, string>;
	/** Why it could not be read; the release can be promoted all the same. */
	unread: string | null;
}

export const emptyInventory: SourceInventory = {
	workflows: new Map(),
	credentials: new Map(),
	dataTables: new Map(),
	unread: null,
};

export interface SourceState {
	inventory: SourceInventory;
	/** By id. */
	workflows: ReadonlyMap<string, EngineWorkflow>;
}

/**
 * @param needed else a source that is away does not matter: a release that is kept must not need it
 * @throws engine_* when it is needed and away
 */
export async function readSource(
	definitionsOf: () => Promise<WorkflowDefinitions>,
	needed: boolean,
): Promise<SourceState> {
	try {
		const definitions = await definitionsOf();
		const [workflows, credentials, tables] = await Promise.all([
			definitions.listFull(),
			definitions.listCredentials(),
			definitions.listDataTables?.() ?? null,
		]);
		const names = workflows.map(({ id, content: { name } }) => ({ id, name }));
		return {
			inventory: {
				workflows: namesById(names),
				credentials: namesById(credentials),
				dataTables: namesById(tables ?? []),
				unread: null,
			},
			workflows: new Map(workflows.map((workflow) => [workflow.id, workflow])),
		};
	} catch (error) {
		if (needed || !isOrchestrationError(error)) throw error;
		return { inventory: { ...emptyInventory, unread: error.message }, workflows: new Map() };
	}
}

function namesById(items: ReadonlyArray<{ id: string; name: string }>): Map<string, string> {
	return new Map(items.map(({ id, name }) => [id, name]));
}
