import type {
	EngineWorkflow,
	Publication,
	WorkflowDefinitions,
	WorkflowHistoryEntry,
} from '../../engines/engine';

/**
 * The edit that somebody had published between our look and our publication, which took it out of service
 * unseen. n8n tells only when the version that is live came and went: so this asks when the version of before
 * is live again, whether it was our publication that had ended its service. If not, theirs is the newest
 * edit of that time.
 * @param now with the version of before live
 * @param ourVersion edits are what is newer
 * @param ours the publication that may have overtaken another; absent: none did
 */
export async function overtaken(
	definitions: Pick<WorkflowDefinitions, 'history'>,
	now: EngineWorkflow,
	ourVersion: string,
	ours: Publication | undefined,
): Promise<WorkflowHistoryEntry | null> {
	const ended = ours && endOfService(now.live?.publications ?? [], ours);
	if (!ended || isOneAct(ended, ours)) return null;
	const history = await definitions.history(now.id);
	const own = history.findIndex(({ versionId }) => versionId === ourVersion);
	const since = history.slice(0, Math.max(own, 0));
	return since.find(({ createdAt }) => Date.parse(createdAt) <= Date.parse(ended.at)) ?? null;
}

/**
 * Somebody has edited just before the version of before went live again. Whether they had published that too,
 * only ours can tell, when it is live once more.
 */
export async function overtakenNow(
	definitions: Pick<WorkflowDefinitions, 'history' | 'publish'>,
	back: EngineWorkflow,
	ourVersion: string,
	old: string,
): Promise<WorkflowHistoryEntry | null> {
	const ours = await definitions.publish(back.id, ourVersion);
	const theirs = await overtaken(definitions, ours, ourVersion, back.live?.publications?.at(-1));
	if (!theirs) await definitions.publish(back.id, old);
	return theirs;
}

/** When the version that was live before our publication went out of service. */
function endOfService(publications: Publication[], ours: Publication): Publication | undefined {
	const began = publications.findLast(({ began: begins, id }) => begins && id < ours.id);
	return publications.find(({ began: begins, id }) => !begins && id > (began?.id ?? 0));
}

/** n8n writes both in one transaction: with numbers in a row (SQLite), or at one time (Postgres). */
function isOneAct(ended: Publication, ours: Publication): boolean {
	return ended.id === ours.id - 1 || ended.at === ours.at;
}
