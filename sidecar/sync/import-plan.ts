import { join } from 'node:path';
import type { WorkflowContent } from '../engines/port/workflow';
import { OrchestrationError } from '../kernel/errors';
import { diffContents } from '../workflow-versions/diff';
import type { SidecarApi } from './sidecar-api';
import { readIfThere, readManifest, workflowFiles } from './sync-folder';
import { fileText, keyOfFile, readFileText } from './workflow-file';

export type PlannedImport =
	| { action: 'none'; file: string }
	| { action: 'create'; file: string; content: WorkflowContent }
	| {
			action: 'update';
			file: string;
			content: WorkflowContent;
			workflowId: string;
			/** The draft was read at this. */
			basedOn: string;
			diff: string;
	  };

export interface ImportPlan {
	files: PlannedImport[];
	/** Names of workflows that have no file; they are left alone. */
	withoutFile: string[];
}

/**
 * Compares the folder with the environment; nothing is written.
 * @throws invalid_request naming every file that cannot be read
 */
export async function planImport(
	api: SidecarApi,
	request: { environment: string; folder: string },
): Promise<ImportPlan> {
	const { environment, folder } = request;
	const manifest = await readManifest(folder);
	const keys = new Map(manifest?.workflows.map(({ file, workflowKey }) => [file, workflowKey]));
	const contents = await readAll(folder);
	const there = await api.workflows(environment);
	const byKey = new Map(there.map((workflow) => [workflow.workflowKey, workflow]));
	const seen = new Map<string, string>();
	const files: PlannedImport[] = [];
	for (const [file, content] of contents) {
		const key = keys.get(file) ?? keyOfFile(file);
		const workflow = key === null ? undefined : byKey.get(key);
		if (!workflow) {
			files.push({ action: 'create', file, content });
			continue;
		}
		const other = seen.get(workflow.id);
		if (other !== undefined) throw sameWorkflow(file, other);
		seen.set(workflow.id, file);
		const current = await api.workflow(environment, workflow.id);
		if (fileText(current.content) === fileText(content)) files.push({ action: 'none', file });
		else {
			files.push({
				action: 'update',
				file,
				content,
				workflowId: workflow.id,
				basedOn: current.revision,
				diff: diffContents(current.content, content).text,
			});
		}
	}
	const withoutFile = there
		.filter(({ id, archived }) => !archived && !seen.has(id))
		.map(({ name }) => name);
	return { files, withoutFile };
}

async function readAll(folder: string): Promise<Array<[file: string, WorkflowContent]>> {
	const contents: Array<[string, WorkflowContent]> = [];
	const wrong: string[] = [];
	for (const file of await workflowFiles(folder)) {
		try {
			contents.push([file, readFileText((await readIfThere(join(folder, file))) ?? '')]);
		} catch (error) {
			if (!(error instanceof SyntaxError) && !(error instanceof OrchestrationError)) throw error;
			wrong.push(`${file}: ${error.message}`);
		}
	}
	if (wrong.length === 0) return contents;
	throw new OrchestrationError(
		'invalid_request',
		`${wrong.length} file(s) cannot be read, so nothing was planned:\n${wrong.join('\n')}`,
		{ details: { files: wrong } },
	);
}

function sameWorkflow(file: string, other: string): OrchestrationError {
	return new OrchestrationError(
		'invalid_request',
		`${file} and ${other} are the same workflow. Remove one, or give a copy a name without "--<key>" to make it a new one.`,
	);
}

/** What would be done, for a person to read before it is. */
export function planText({ files, withoutFile }: ImportPlan): string {
	const lines = files.flatMap((each) => {
		if (each.action === 'create') return [`+ ${each.file}: a new workflow "${each.content.name}"`];
		if (each.action === 'update') return [`~ ${each.file}`, indented(each.diff)];
		return [];
	});
	const same = files.filter(({ action }) => action === 'none').length;
	lines.push(`${same} as they are`);
	if (withoutFile.length > 0) lines.push(`without a file, left alone: ${withoutFile.join(', ')}`);
	return lines.join('\n');
}

function indented(text: string): string {
	return text
		.split('\n')
		.map((line) => `    ${line}`)
		.join('\n');
}
