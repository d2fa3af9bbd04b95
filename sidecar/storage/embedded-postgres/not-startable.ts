import { OrchestrationError } from '../../kernel/errors';

export function notStartable(message: string, cause?: unknown): OrchestrationError {
	return new OrchestrationError('database_not_startable', message, { cause });
}

/** Errors of the file system and the like get the code that the caller expects. */
export function asNotStartable(error: unknown): OrchestrationError {
	if (error instanceof OrchestrationError) return error;
	const reason = error instanceof Error ? error.message : String(error);
	return notStartable(`the embedded Postgres could not be started: ${reason}`, error);
}

/** Runs the work; undefined instead of an error with one of the codes, such as ENOENT. */
export async function unless<Result>(
	codes: readonly string[],
	work: Promise<Result>,
): Promise<Result | undefined> {
	try {
		return await work;
	} catch (error) {
		const code = (error as NodeJS.ErrnoException).code;
		if (code !== undefined && codes.includes(code)) return undefined;
		throw error;
	}
}
