import path from 'node:path';
import { connectionTo, type N8nConnection } from './n8n-connection';
import { startN8n, type N8nOptions } from './n8n-instance';
import { sharedRecord } from './shared-record';

/**
 * The instance of that name, shared by all test files of this run: the first caller starts it
 * (with its options), later callers use it as it is. It lives until the run ends; tests use names
 * and paths of their own in it and never stop it.
 */
export async function sharedN8n(
	name: string,
	options: Omit<N8nOptions, 'folder' | 'ownerPid'> = {},
): Promise<N8nConnection> {
	const record = await sharedRecord(name, async ({ folder, ownerPid }) => {
		const instance = await startN8n({ ...options, folder: path.join(folder, name), ownerPid });
		return instance.record();
	});
	return connectionTo(() => record);
}
