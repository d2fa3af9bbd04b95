import type { StorageLog } from '../../../sidecar/storage/storage-log';

export interface LogLine {
	level: 'debug' | 'info' | 'warn' | 'error';
	facts: object;
	message: string;
}

/** Keeps what is logged instead of showing it. */
export function quietLog(lines: LogLine[] = []): StorageLog & { lines: LogLine[] } {
	const at = (level: LogLine['level']) => (facts: object, message: string) => {
		lines.push({ level, facts, message });
	};
	return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
