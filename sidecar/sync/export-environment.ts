import { join } from 'node:path';
import type { SidecarApi } from './sidecar-api';
import { ensureFolder, readManifest, removeFile, writeIfOther } from './sync-folder';
import { manifestFile, manifestText, type SyncEntry } from './sync-manifest';
import { fileName, fileText } from './workflow-file';

export interface ExportReport {
	written: string[];
	removed: string[];
	unchanged: number;
}

/**
 * Writes every workflow of an environment that is not archived into the folder, one file each, and keeps a
 * version of it. Files of workflows that are gone are removed, if the manifest says they were ours. What is
 * as it was is not touched.
 */
export async function exportEnvironment(
	api: SidecarApi,
	request: { environment: string; folder: string; message?: string | undefined },
): Promise<ExportReport> {
	const { environment, folder, message } = request;
	await ensureFolder(folder);
	const before = await readManifest(folder);
	const report: ExportReport = { written: [], removed: [], unchanged: 0 };
	const entries: SyncEntry[] = [];
	const write = async (file: string, text: string) => {
		if (await writeIfOther(join(folder, file), text)) report.written.push(file);
		else report.unchanged += 1;
	};
	for (const { id, archived } of await api.workflows(environment)) {
		if (archived) continue;
		const { workflowKey } = await api.keepVersion(environment, id, message);
		const { content, active, tags } = await api.workflow(environment, id);
		const file = fileName(content.name, workflowKey);
		await write(file, fileText(content));
		entries.push({ workflowKey, name: content.name, file, active, tags: tags.toSorted() });
	}
	const kept = new Set(entries.map(({ file }) => file));
	for (const { file } of before?.workflows ?? []) {
		if (kept.has(file)) continue;
		await removeFile(join(folder, file));
		report.removed.push(file);
	}
	await write(manifestFile, manifestText(environment, entries));
	return report;
}
