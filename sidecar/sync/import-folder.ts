import { isOrchestrationError } from '../kernel/errors';
import type { ImportPlan, PlannedImport } from './import-plan';
import type { SidecarApi } from './sidecar-api';

export interface ImportRequest {
	environment: string;
	message?: string | undefined;
}

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
	request: ImportRequest,
): Promise<ImportReport> {
	const report: ImportReport = { done: [], failed: [] };
	for (const each of plan.files) {
		if (each.action === 'none') continue;
		try {
			await write(api, request, each);
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
	{ environment, message }: ImportRequest,
	each: Exclude<PlannedImport, { action: 'none' }>,
): Promise<void> {
	const { content } = each;
	if (each.action === 'create') await api.create(environment, { content, message });
	else await api.update(environment, each.workflowId, { content, message, basedOn: each.basedOn });
}
