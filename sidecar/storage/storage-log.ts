/** What storage needs of a logger; a pino logger is one. */
export interface StorageLog {
	debug(facts: object, message: string): void;
	info(facts: object, message: string): void;
	warn(facts: object, message: string): void;
	error(facts: object, message: string): void;
}
