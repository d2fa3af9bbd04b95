import type { WorkflowDefinitions } from '../engines/port/definitions';
import type { EngineWorkflow, WorkflowContent } from '../engines/port/workflow';
import type { Clock } from '../kernel/clock';
import { isOrchestrationError } from '../kernel/errors';
import { saveDraft } from './saved-draft';
import { surely } from './surely';

/**
 * Creates an unpublished workflow. Until it has its content its name carries `mark`: by it a lost answer is
 * found again, and so is what an earlier try with the same mark has left.
 */
export async function createMarked(
	clock: Clock,
	definitions: WorkflowDefinitions,
	content: WorkflowContent,
	mark: string,
): Promise<EngineWorkflow> {
	const name = `${content.name} (${mark})`;
	const find = async () => {
		const found = (await definitions.list()).find((workflow) => workflow.name === name);
		return found ? await definitions.get(found.id) : null;
	};
	const created =
		(await find()) ??
		(await surely(
			clock,
			async () => await definitions.create({ name, nodes: [], connections: {}, settings: {} }),
			find,
		));
	try {
		return await saveDraft(clock, definitions, created, content);
	} catch (error) {
		await removeNew(definitions, created.id);
		throw error;
	}
}

/** Takes away what we have made ourselves just now. */
export async function removeNew(definitions: WorkflowDefinitions, id: string): Promise<void> {
	try {
		const { live } = await definitions.get(id);
		if (live) await definitions.unpublish(id);
		await definitions.remove(id);
	} catch (error) {
		// The error that led here is the one to tell; an engine that is away keeps a draft with our mark.
		if (!isOrchestrationError(error)) throw error;
	}
}
