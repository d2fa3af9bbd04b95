import type { WorkflowContent } from '../engines/engine';
import { digestOf } from '../kernel/canonical-json';
import { OrchestrationError } from '../kernel/errors';
import { canonicalForm } from './canonical-form';

export interface Fingerprint {
	/** SHA-256 of what the workflow does, 64 hex digits. */
	digest: string;
	/** SHA-256 of how it looks. */
	appearanceDigest: string;
}

/** @throws workflow_invalid when a text holds half a character, which has no canonical spelling */
export function fingerprint(content: WorkflowContent): Fingerprint {
	const { behaviour, appearance } = canonicalForm(content);
	try {
		return { digest: digestOf(behaviour), appearanceDigest: digestOf(appearance) };
	} catch (cause) {
		throw new OrchestrationError(
			'workflow_invalid',
			`Workflow "${content.name}" cannot be fingerprinted: expected Unicode text and finite numbers. ` +
				'Look for half an emoji in a note, a parameter or code, and type it anew.',
			{ cause },
		);
	}
}
