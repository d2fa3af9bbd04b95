import type { WorkflowDefinitions, WorkflowHistoryEntry } from '../../engines/port/definitions';
import type { EngineWorkflow, Publication } from '../../engines/port/workflow';

/**
 * Publishes again what somebody had published between our look and our publication, which took it out of
 * service unseen. n8n tells of a version that is live when it came and went before. So when the version
 * of before is live again, this asks whether it was our publication that had ended its service; if not,
 * theirs is the newest edit of that time, and is asked the same.
 * @param now with the version of before live
 * @param ourVersion edits are what is newer
 * @param ours the publication that may have overtaken another; absent: none did
 * @returns what is live now; null: nothing was overtaken, or an older version, which nothing tells
 */
export async function publishOvertaken(
	definitions: Pick<WorkflowDefinitions, 'history' | 'publish'>,
	now: EngineWorkflow,
	ourVersion: string,
	ours: Publication | undefined,
): Promise<WorkflowHistoryEntry | null> {
	const ended = ours && endOfService(now.live?.publications ?? [], ours);
	if (!ended || isOneAct(ended, ours)) return null;
	const history = await definitions.history(now.id);
	const own = history.findIndex(({ versionId }) => versionId === ourVersion);
	const theirs = history
		.slice(0, Math.max(own, 0))
		.find(({ createdAt }) => Date.parse(createdAt) <= Date.parse(ended.at));
	if (!theirs || theirs.versionId === now.live?.versionId) return null;
	const back = await definitions.publish(now.id, theirs.versionId);
	return (await publishOvertaken(definitions, back, ourVersion, ours)) ?? theirs;
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
