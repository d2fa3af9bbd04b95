import { type DestinationStream, type Logger, pino } from 'pino';
import { isOrchestrationError } from '../kernel/errors';
import { redact } from './redact';

/** What the rooms need of a logger. Facts first, then a sentence. */
export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'> & {
	child(facts: Record<string, unknown>): Log;
};

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** JSON lines on stdout (or the given stream), secrets replaced by `[redacted]`. Level default: info. */
export function createLog(options: { level?: LogLevel; stream?: DestinationStream } = {}): Log {
	const settings = {
		level: options.level ?? 'info',
		base: {},
		timestamp: pino.stdTimeFunctions.isoTime,
		formatters: { level: (label: string) => ({ level: label }), log: redact },
		// An error brings its own fields along: what the HTTP client threw holds headers.
		serializers: { err: (error: Error) => redact(written(error)) },
	};
	return redactingChildren(options.stream ? pino(settings, options.stream) : pino(settings));
}

/** An error we foresaw says in its message what to do; only one nobody foresaw needs its stack. */
function written(error: Error): Record<string, unknown> {
	const { stack, ...facts } = pino.stdSerializers.err(error);
	return isOrchestrationError(error) ? facts : { ...facts, stack };
}

/** pino's formatters do not see the facts a child is made with. */
function redactingChildren(logger: Logger): Log {
	const child = logger.child.bind(logger);
	return Object.assign(logger, {
		child: (facts: Record<string, unknown>) => redactingChildren(child(redact(facts))),
	});
}
