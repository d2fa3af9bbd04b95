import type { WorkflowDefinitions } from '../engines/engine';
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

/** Never fails because the source is away: a release that is kept must not need it. */
export async function readInventory(
	definitionsOf: () => Promise<WorkflowDefinitions>,
): Promise<SourceInventory> {
	try {
		const definitions = await definitionsOf();
		const [workflows, credentials, tables] = await Promise.all([
			definitions.list(),
			definitions.listCredentials(),
			definitions.listDataTables?.() ?? null,
		]);
		return {
			workflows: namesById(workflows),
			credentials: namesById(credentials),
			dataTables: namesById(tables ?? []),
			unread: null,
		};
	} catch (error) {
		if (!isOrchestrationError(error)) throw error;
		return { ...emptyInventory, unread: error.message };
	}
}

function namesById(items: ReadonlyArray<{ id: string; name: string }>): Map<string, string> {
	return new Map(items.map(({ id, name }) => [id, name]));
}
