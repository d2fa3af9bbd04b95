import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { OrchestrationError } from '../kernel/errors';

export interface MigrationFile {
	number: number;
	/** File name, e.g. 0001_base.sql. */
	name: string;
	sql: string;
	/** SHA-256 of the text with \n line ends, as 64 hex digits. */
	checksum: string;
}

/** Beside this file in the source tree as well as in the build. */
export const migrationsFolder = path.join(__dirname, 'migrations');

/**
 * Reads `NNNN_name.sql` in order of number.
 * @throws OrchestrationError `database_not_startable` for a wrong name or a number used twice
 */
export async function readMigrations(folder: string): Promise<MigrationFile[]> {
	const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
	const files = await Promise.all(names.map((name) => readMigration(folder, name)));
	files.forEach((file, index) => {
		const before = files[index - 1];
		if (before?.number !== file.number) return;
		throw wrongName(`${before.name} and ${file.name} have the same number; renumber one`);
	});
	return files;
}

async function readMigration(folder: string, name: string): Promise<MigrationFile> {
	const match = /^(\d{4})_[a-z0-9_]+\.sql$/.exec(name);
	if (!match) throw wrongName(`expected a name such as 0007_circuits.sql, got ${name}`);
	const sql = (await readFile(path.join(folder, name), 'utf8')).replaceAll('\r\n', '\n');
	const checksum = createHash('sha256').update(sql).digest('hex');
	return { number: Number(match[1]), name, sql, checksum };
}

function wrongName(message: string): OrchestrationError {
	return new OrchestrationError('database_not_startable', `migrations: ${message}`);
}
