import { randomBytes } from 'node:crypto';
import { chmod, link, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OrchestrationError } from '../kernel/errors';
import { readKey } from './sealing';

/**
 * The key kept in the data folder, made at first start. Only its owner may read it (0600); wider
 * rights are taken back. Safe when several processes start at once.
 * @throws configuration_invalid when the file holds no key
 */
export async function ensureKeyFile(dataDir: string): Promise<Buffer> {
	const path = join(dataDir, 'encryption.key');
	await mkdir(dataDir, { recursive: true, mode: 0o700 });
	const text = (await readIfThere(path)) ?? (await make(path));
	const key = readKey(text.trim());
	if (!key) {
		throw new OrchestrationError(
			'configuration_invalid',
			`Expected 32 bytes in base64 in ${path}, got ${text.trim().length} characters. ` +
				'Restore the file from a backup or set ORCHESTRATION_ENCRYPTION_KEY: ' +
				'without the key that sealed them, kept secrets cannot be opened.',
		);
	}
	if (((await stat(path)).mode & 0o077) !== 0) await chmod(path, 0o600);
	return key;
}

async function make(path: string): Promise<string> {
	const draft = `${path}.${randomBytes(6).toString('hex')}`;
	await writeFile(draft, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600, flush: true });
	try {
		// A link never replaces: whoever comes second reads the first one's key.
		await link(draft, path);
	} catch (error) {
		if (!hasCode(error, 'EEXIST')) throw error;
	} finally {
		await rm(draft);
	}
	return await readFile(path, 'utf8');
}

async function readIfThere(path: string): Promise<string | null> {
	try {
		return await readFile(path, 'utf8');
	} catch (error) {
		if (hasCode(error, 'ENOENT')) return null;
		throw error;
	}
}

function hasCode(error: unknown, code: string): boolean {
	return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}
