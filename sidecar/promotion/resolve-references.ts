import type { EngineCredential } from '../engines/engine';
import { findReferences } from '../workflow-versions/references';
import type { ReferenceOf } from '../workflow-versions/reference';
import { findStrayIds } from '../workflow-versions/stray-ids';
import type { WorkflowVersion } from '../workflow-versions/version';
import type { Finding, Mappings, Plan } from './promotion';
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
	for (const version of input.versions) {
		for (const reference of findReferences(version.content)) {
			const at = { workflowKey: version.workflowKey, place: reference.place };
			if (reference.kind === 'credential') resolveCredential(input, resolved, reference, at);
			if (reference.kind === 'workflow' && !literals.has(reference.id)) {
				resolveWorkflow(input, resolved, reference, at);
			}
			if (reference.kind === 'data-table' && !input.sameEnvironment) {
				if (!literals.has(reference.value)) resolved.blockers.push(tableFinding(reference, at));
			}
			if (reference.kind === 'dynamic') resolved.warnings.push(dynamicFinding(reference, at));
		}
		if (!input.sameEnvironment) findStrays(input, resolved, version, literals);
	}
	return resolved;
}

type Place = Pick<Finding, 'workflowKey' | 'place'>;

function resolveCredential(
	input: ResolveInput,
	resolved: Resolved,
	reference: ReferenceOf<'credential'>,
	at: Place,
): void {
	const { id, type, name } = reference;
	if (input.mappings.literals.includes(id ?? '') || reference.disabled) return;
	const ofType = input.target.credentials.filter((credential) => credential.type === type);
	if (id === null) {
		resolved.blockers.push({
			code: 'credential_without_id',
			message: `The credential "${name ?? ''}" (${type}) has no id, and n8n would bind it to any credential of that type. Choose it again in the source and save.`,
			...at,
		});
		return;
	}
	const wanted = input.sameEnvironment ? id : (input.mappings.credentials[id] ?? id);
	const found = ofType.find((credential) => credential.id === wanted);
	if (found) resolved.credentials[id] = { id: found.id, name: found.name };
	else resolved.blockers.push(credentialFinding(reference, wanted, ofType, at));
}

function credentialFinding(
	{ id, type, name }: ReferenceOf<'credential'>,
	wanted: string,
	candidates: EngineCredential[],
	at: Place,
): Finding {
	const mapped = wanted !== id;
	return {
		code: mapped ? 'credential_mapping_invalid' : 'credential_unmapped',
		message: mapped
			? `Credential "${name ?? id}" (${type}) is mapped to ${wanted}, and the target has no credential of that type and id.`
			: `Credential "${name ?? id}" (${type}) is not known in the target. Map it: mappings.credentials["${id}"] = the id of one of the candidates${candidates.length === 0 ? ', after making one of this type in the target' : ''}.`,
		...at,
		candidates: candidates.map((credential) => ({ id: credential.id, name: credential.name })),
	};
}

function resolveWorkflow(
	input: ResolveInput,
	resolved: Resolved,
	reference: ReferenceOf<'workflow'>,
	at: Place,
): void {
	const { id, name } = reference;
	if (input.sameEnvironment || input.releaseIds.has(id) || id in resolved.workflows) return;
	const wanted = input.mappings.workflows[id];
	const found = wanted === undefined ? undefined : input.target.workflows.get(wanted);
	if (found) {
		resolved.workflows[id] = { id: found.id, name: found.content.name };
		return;
	}
	resolved.blockers.push({
		code: 'workflow_unmapped',
		message: `Workflow ${name ? `"${name}" (${id})` : id} is named here but is not part of the release. Add it to the release, map it (mappings.workflows["${id}"]), or declare the id a literal (mappings.literals).`,
		...at,
		candidates: [...input.target.workflows.values()]
			.filter((workflow) => workflow.content.name === name)
			.map((workflow) => ({ id: workflow.id, name: workflow.content.name })),
	});
}

function tableFinding(reference: ReferenceOf<'data-table'>, at: Place): Finding {
	return {
		code: 'data_table_unmapped',
		message: `Data table ${reference.name ?? reference.value} is named by its ${reference.by} in the source. If the target has it under the same ${reference.by}, declare it a literal (mappings.literals).`,
		...at,
	};
}

function dynamicFinding(reference: ReferenceOf<'dynamic'>, at: Place): Finding {
	return {
		code: 'reference_dynamic',
		message: `What this points at is known only at run time (${reference.what}). Make sure that it exists in the target.`,
		...at,
	};
}

function findStrays(
	input: ResolveInput,
	resolved: Resolved,
	version: WorkflowVersion,
	literals: Set<string>,
): void {
	const known = [...input.releaseIds, ...Object.keys(resolved.credentials)];
	for (const { id, place } of findStrayIds(version.content, known)) {
		if (literals.has(id)) continue;
		resolved.blockers.push({
			code: 'stray_id',
			message: `The id ${id} of the source stands here in text, where it is not rewritten. Pass it in by an expression or a field made for ids, or declare it a literal (mappings.literals).`,
			workflowKey: version.workflowKey,
			place,
		});
	}
}
