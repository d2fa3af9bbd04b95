import { OrchestrationError } from '../../kernel/errors';

/** @throws capability_missing */
export function lacking(what: string): never {
	throw new OrchestrationError(
		'capability_missing',
		`Temporal has no ${what}: its workflows are code of your own that a start begins. Name an environment whose engine is n8n.`,
	);
}
