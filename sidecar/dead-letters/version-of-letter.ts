import type { WorkflowContent } from '../engines/port/workflow';
import { digestOf } from '../kernel/canonical-json';
import { versionThatRan } from '../workflow-versions/ran-version';
import type { VersionStore } from '../workflow-versions/version-store';

/** As many of the newest versions are looked at. */
const lookBack = 50;

/** Answers remembered. Comparing with many versions takes long, and failures come in swarms. */
const rememberedAtMost = 500;
const remembered = new WeakMap<VersionStore, Map<string, string | null>>();

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
	const [newest] = await versions.listOf(key, { limit: 1, after: null });
	if (!newest) return null;
	const answers = remembered.get(versions) ?? new Map<string, string | null>();
	remembered.set(versions, answers);
	// Versions never change: the answer is the same until there is a newer one.
	const question = `${newest.id} ${digestOf(ran)}`;
	const known = answers.get(question);
	if (known !== undefined) return known;
	const candidates = await versions.listOf(key, { limit: lookBack, after: null });
	const found = versionThatRan(ran, candidates)?.id ?? null;
	if (answers.size >= rememberedAtMost) answers.clear();
	answers.set(question, found);
	return found;
}
