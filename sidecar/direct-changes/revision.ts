import type { EngineWorkflow } from '../engines/port/workflow';
import { fingerprint } from '../workflow-versions/fingerprint';

/** Digits of each digest: enough to see any change, short enough to pass along. */
const digits = 16;

/**
 * Names the state of a workflow that somebody has looked at: draft, what it does, how it looks, what is
 * live. n8n's own version id does not move with name, settings or publishing.
 */
export function revisionOf({ content, draftVersionId, live }: EngineWorkflow): string {
	const { digest, appearanceDigest } = fingerprint(content);
	return [
		draftVersionId,
		digest.slice(0, digits),
		appearanceDigest.slice(0, digits),
		live?.versionId ?? '-',
	].join('.');
}

/** In words what is no longer as it was at that revision; empty when all is. */
export function movedSince(revision: string, workflow: EngineWorkflow): string[] {
	const [draft, digest, appearance, live] = revision.split('.');
	const [draftNow, digestNow, appearanceNow, liveNow] = revisionOf(workflow).split('.');
	const moved: string[] = [];
	if (draft !== draftNow) moved.push('was edited');
	else if (digest !== digestNow) moved.push('got other settings');
	else if (appearance !== appearanceNow) moved.push('got another name or look');
	if (live !== liveNow) moved.push(liveNow === '-' ? 'was unpublished' : 'was published');
	return moved;
}
