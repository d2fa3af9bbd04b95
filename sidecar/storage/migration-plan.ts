import { OrchestrationError } from '../kernel/errors';
import type { MigrationFile } from './migration-files';

export interface AppliedMigration {
	number: number;
	name: string;
	checksum: string;
}

/**
 * The files still to run, in order.
 * @throws OrchestrationError `database_version_mismatch` when what ran is not what the files say
 */
export function pendingMigrations(
	files: readonly MigrationFile[],
	applied: readonly AppliedMigration[],
): MigrationFile[] {
	const byNumber = new Map(files.map((file) => [file.number, file]));
	for (const done of applied) {
		const file = byNumber.get(done.number);
		if (!file) {
			throw mismatch(
				`the database has migration ${done.name}, which this version does not know: ` +
					'it was used by a newer version; start that version, or restore a backup',
				done.name,
			);
		}
		if (file.checksum !== done.checksum) {
			throw mismatch(
				`migration ${file.name} was changed after it ran as ${done.name}; ` +
					'put the file back as it was and write a new one with the next number',
				file.name,
			);
		}
	}
	const newest = applied.reduce((most, { number }) => Math.max(most, number), 0);
	const ran = new Set(applied.map(({ number }) => number));
	const pending = files.filter(({ number }) => !ran.has(number));
	const late = pending.find(({ number }) => number < newest);
	if (late) {
		throw mismatch(
			`migration ${late.name} came after number ${newest} had run; give it a higher number`,
			late.name,
		);
	}
	return pending;
}

function mismatch(message: string, migration: string): OrchestrationError {
	return new OrchestrationError('database_version_mismatch', message, {
		details: { migration },
	});
}
