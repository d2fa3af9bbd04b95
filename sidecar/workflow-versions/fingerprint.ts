import type { WorkflowContent } from '../engines/port/workflow';
import { digestOf } from '../kernel/canonical-json';
import { canonicalForm } from './canonical-form';

export interface Fingerprint {
	/** SHA-256 of what the workflow does, 64 hex digits. */
	digest: string;
	/** SHA-256 of how it looks. */
	appearanceDigest: string;
}

export function fingerprint(content: WorkflowContent): Fingerprint {
	const { behaviour, appearance } = canonicalForm(content);
	return { digest: digestOf(behaviour), appearanceDigest: digestOf(appearance) };
}
