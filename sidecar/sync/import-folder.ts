import { isOrchestrationError } from '../kernel/errors';
import type { ImportPlan, PlannedImport } from './import-plan';
import type { SidecarApi } from './sidecar-api';

export interface ImportReport {
	done: string[];
	/** File: why not. The others were done all the same; run it again for these. */
	failed: string[];
}

/**
 * Writes what was planned as drafts and keeps a version of each; nothing is published. A workflow that
 * somebody has edited since the plan is not written.
 */
export async function importFolder(
	api: SidecarApi,
	plan: ImportPlan,
	request: { environment: string; message?: string | undefined },
): Promise<ImportReport> {
	const report: ImportReport = { done: [], failed: [] };
	for (const each of plan.files) {
		if (each.action === 'none') continue;
		try {
			const id = await write(api, request.environment, each);
			await api.keepVersion(request.environment, id, request.message);
			report.done.push(each.file);
		} catch (error) {
			if (!isOrchestrationError(error)) throw error;
			report.failed.push(`${each.file}: ${error.message}`);
		}
	}
	return report;
}

async function write(
	api: SidecarApi,
	environment: string,
	each: Exclude<PlannedImport, { action: 'none' }>,
): Promise<string> {
	const { content } = each;
	if (each.action === 'create') return (await api.create(environment, content)).id;
	await api.update(environment, each.workflowId, { content, basedOn: each.basedOn });
	return each.workflowId;
}
