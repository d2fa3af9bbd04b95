import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OrchestrationError } from '../kernel/errors';
import { manifestFile, manifestSchema, type SyncManifest } from './sync-manifest';

/** @throws invalid_request when there is a manifest that is none of ours */
export async function readManifest(folder: string): Promise<SyncManifest | null> {
	const text = await readIfThere(join(folder, manifestFile));
	if (text === null) return null;
	const parsed = manifestSchema.safeParse(parse(text));
	if (parsed.success) return parsed.data;
	throw new OrchestrationError(
		'invalid_request',
		`Expected ${join(folder, manifestFile)} to be written by this command, got something else. Name an empty folder, or take the file back from git.`,
	);
}

/** Names of the workflow files, in order. */
export async function workflowFiles(folder: string): Promise<string[]> {
	const names = await readdir(folder);
	return names.filter((name) => name.endsWith('.json') && name !== manifestFile).sort();
}

/** Writes it when it is not that already; a reader never sees half of it. */
export async function writeIfOther(path: string, text: string): Promise<boolean> {
	if ((await readIfThere(path)) === text) return false;
	const draft = `${path}.writing`;
	await writeFile(draft, text);
	await rename(draft, path);
	return true;
}

export async function ensureFolder(folder: string): Promise<void> {
	await mkdir(folder, { recursive: true });
}

export async function removeFile(path: string): Promise<void> {
	await rm(path, { force: true });
}

export async function readIfThere(path: string): Promise<string | null> {
	try {
		return await readFile(path, 'utf8');
	} catch (error) {
		if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
		throw error;
	}
}

function parse(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch (error) {
		if (error instanceof SyntaxError) return null;
		throw error;
	}
}
