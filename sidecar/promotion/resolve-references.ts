import { findReferences } from '../workflow-versions/references';
import type { ReferenceOf } from '../workflow-versions/reference';
import { findStrayIds } from '../workflow-versions/stray-ids';
import type { WorkflowVersion } from '../workflow-versions/version';
import { own } from './own';
import type { Finding, Mappings, Plan } from './promotion';
import {
	credentialFinding,
	credentialGone,
	credentialWithoutId,
	dynamicFinding,
	strayFinding,
	tableFinding,
	workflowFinding,
	type Place,
} from './reference-findings';
import type { TargetState } from './target-state';

export interface ResolveInput {
	versions: WorkflowVersion[];
	/** Ids of the workflows of the release in the source. */
	releaseIds: Set<string>;
	/** Source and target are one environment, so every id already is the target's. */
	sameEnvironment: boolean;
	mappings: Mappings;
	target: TargetState;
	/** Source workflow id → target id, for those of the release that exist there. */
	workflows: Plan['workflows'];
}

export interface Resolved {
	credentials: Plan['credentials'];
	workflows: Plan['workflows'];
	blockers: Finding[];
	warnings: Finding[];
}

/**
 * Finds for every reference what stands for it in the target: mapped by the operator, the same there,
 * or declared literal. Whatever is none of these blocks; nothing is guessed.
 */
export function resolveReferences(input: ResolveInput): Resolved {
	const resolved: Resolved = {
		credentials: {},
		workflows: { ...input.workflows },
		blockers: [],
		warnings: [],
	};
	const literals = new Set(input.mappings.literals);
	const sourceIds = new Set(input.releaseIds);
	for (const version of input.versions) {
		for (const reference of findReferences(version.content)) {
			const at = { workflowKey: version.workflowKey, place: reference.place };
			if (reference.kind === 'dynamic') resolved.warnings.push(dynamicFinding(reference, at));
			if (reference.kind === 'credential' && !literals.has(reference.id ?? '')) {
				resolveCredential(input, resolved, reference, at);
				if (reference.id !== null) sourceIds.add(reference.id);
			}
			if (input.sameEnvironment) continue;
			if (reference.kind === 'workflow' && !literals.has(reference.id)) {
				resolveWorkflow(input, resolved, reference, at);
				sourceIds.add(reference.id);
			}
			if (reference.kind === 'data-table' && !literals.has(reference.value)) {
				resolved.blockers.push(tableFinding(reference, at));
			}
		}
	}
	if (!input.sameEnvironment) findStrays(input, resolved, sourceIds);
	return resolved;
}

function resolveCredential(
	input: ResolveInput,
	resolved: Resolved,
	reference: ReferenceOf<'credential'>,
	at: Place,
): void {
	const { id, type, disabled } = reference;
	if (id === null) {
		if (!disabled && !input.sameEnvironment) {
			resolved.blockers.push(credentialWithoutId(reference, at));
		}
		return;
	}
	const ofType = input.target.credentials.filter((credential) => credential.type === type);
	const wanted = input.sameEnvironment ? id : (own(input.mappings.credentials, id) ?? id);
	const found = ofType.find((credential) => credential.id === wanted);
	if (found) resolved.credentials[id] = { id: found.id, name: found.name };
	else if (disabled) return;
	else if (input.sameEnvironment) resolved.warnings.push(credentialGone(reference, at));
	else resolved.blockers.push(credentialFinding(reference, wanted, ofType, at));
}

function resolveWorkflow(
	input: ResolveInput,
	resolved: Resolved,
	reference: ReferenceOf<'workflow'>,
	at: Place,
): void {
	const { id, disabled } = reference;
	if (input.releaseIds.has(id) || Object.hasOwn(resolved.workflows, id)) return;
	const found = input.target.workflows.get(own(input.mappings.workflows, id) ?? '');
	if (found) {
		resolved.workflows[id] = { id: found.id, name: found.content.name };
		return;
	}
	const finding = workflowFinding(reference, input.target.workflows.values(), at);
	(disabled ? resolved.warnings : resolved.blockers).push(finding);
}

/** Ids of the source in text. One that means the same in the target may stand anywhere. */
function findStrays(input: ResolveInput, resolved: Resolved, sourceIds: Set<string>): void {
	const literals = new Set(input.mappings.literals);
	const strays = [...sourceIds].filter(
		(id) =>
			!literals.has(id) &&
			own(resolved.workflows, id)?.id !== id &&
			own(resolved.credentials, id)?.id !== id,
	);
	for (const { content, workflowKey } of input.versions) {
		for (const { id, place } of findStrayIds(content, strays)) {
			resolved.blockers.push(strayFinding(id, { workflowKey, place }));
		}
	}
}
