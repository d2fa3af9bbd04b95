import { type DestinationStream, type Logger, pino } from 'pino';

/** What the rooms need of a logger. Facts first, then a sentence. */
export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'> & {
	child(facts: Record<string, unknown>): Log;
};

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

const secretNames = [
	'authorization',
	'Authorization',
	'proxy-authorization',
	'cookie',
	'set-cookie',
	'apiKey',
	'api_key',
	'x-n8n-api-key',
	'X-N8N-API-KEY',
	'token',
	'accessToken',
	'refreshToken',
	'adminToken',
	'password',
	'secret',
	'clientSecret',
	'client_secret',
	'encryptionKey',
	'encryptionKeys',
	'sealedAccess',
	'databaseUrl',
];

/** How deep in a logged object a secret is still found. */
const redactionDepth = 4;

/** JSON lines on stdout (or the given stream), secrets replaced by `[redacted]`. Level default: info. */
export function createLog(options: { level?: LogLevel; stream?: DestinationStream } = {}): Log {
	const settings = {
		level: options.level ?? 'info',
		base: {},
		timestamp: pino.stdTimeFunctions.isoTime,
		formatters: { level: (label: string) => ({ level: label }) },
		redact: { paths: secretNames.flatMap(pathsOf), censor: '[redacted]' },
	};
	return options.stream ? pino(settings, options.stream) : pino(settings);
}

function pathsOf(name: string): string[] {
	const key = `["${name}"]`;
	return Array.from({ length: redactionDepth }, (_, depth) =>
		depth === 0 ? key : `${Array.from({ length: depth }, () => '*').join('.')}${key}`,
	);
}
