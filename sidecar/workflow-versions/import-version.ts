import type { Clock } from '../kernel/clock';
import type { NewId } from '../kernel/ids';
import { fromExport } from './export-document';
import { fingerprint } from './fingerprint';
import { proposeKey } from './snapshot';
import type { WorkflowVersion } from './version';
import type { VersionStore } from './version-store';

/**
 * Takes in an export of ours, or a workflow as n8n's editor downloads it.
 * An export of ours keeps its workflow key, so that versions stay together across installations.
 * @throws workflow_invalid, version_digest_mismatch
 */
export async function importVersion(
	ports: { versions: VersionStore; clock: Clock; newId: NewId },
	request: { document: unknown; message: string | null; createdBy: string },
): Promise<WorkflowVersion> {
	const { content, claimed } = fromExport(request.document);
	const id = ports.newId();
	return await ports.versions.add({
		id,
		workflowKey: claimed?.workflowKey ?? proposeKey(content.name, id),
		...fingerprint(content),
		content,
		tags: [],
		active: false,
		message: request.message,
		environment: null,
		workflowId: null,
		createdBy: request.createdBy,
		createdAt: ports.clock.now(),
	});
}
