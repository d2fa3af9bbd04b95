/** The part of a pino logger that the adapter uses. */
export interface EngineLog {
	info(facts: object, message: string): void;
	warn(facts: object, message: string): void;
}

export const silentLog: EngineLog = { info: () => {}, warn: () => {} };
