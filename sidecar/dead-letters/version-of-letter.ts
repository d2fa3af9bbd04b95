import type { WorkflowContent } from '../engines/engine';
import { versionThatRan } from '../workflow-versions/ran-version';
import type { VersionStore } from '../workflow-versions/version-store';

/** As many of the newest versions are looked at. */
const lookBack = 50;

/** Id of the version of ours that an execution ran; null when it was none, or none that we have. */
export async function versionOfLetter(
	versions: VersionStore,
	environment: string,
	workflowId: string,
	ran: WorkflowContent | null,
): Promise<string | null> {
	if (ran === null) return null;
	const key = await versions.findKey(environment, workflowId);
	if (key === null) return null;
	const newest = await versions.listOf(key, { limit: lookBack, after: null });
	return versionThatRan(ran, newest)?.id ?? null;
}
