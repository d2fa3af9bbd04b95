import type { EngineCredential } from '../engines/port/definitions';
import type { EngineWorkflow } from '../engines/port/workflow';
import type { ReferenceOf } from '../workflow-versions/reference';
import type { CredentialRule, Finding } from './promotion';

export type Place = Pick<Finding, 'workflowKey' | 'place'>;

export function credentialWithoutId({ type, name }: ReferenceOf<'credential'>, at: Place): Finding {
	return {
		code: 'credential_without_id',
		message: `The credential "${name ?? ''}" (${type}) has no id, and n8n would bind it to any credential of that type. Choose it again in the source and save.`,
		...at,
	};
}

/** A roll-back is not held up by it: what it puts back was live like that. */
export function credentialGone({ id, type, name }: ReferenceOf<'credential'>, at: Place): Finding {
	return {
		code: 'credential_gone',
		message: `Credential "${name ?? id}" (${type}) does not exist any more. What uses it will fail until it is chosen anew.`,
		...at,
	};
}

export function credentialFinding(
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
		...(id !== null && { mapping: { of: 'credentials' as const, key: id } }),
	};
}

export function workflowFinding(
	{ id, name }: ReferenceOf<'workflow'>,
	target: Iterable<EngineWorkflow>,
	at: Place,
): Finding {
	return {
		code: 'workflow_unmapped',
		message: `Workflow ${name ? `"${name}" (${id})` : id} is named here but is not part of the release. Add it to the release, map it (mappings.workflows["${id}"]), or declare the id a literal (mappings.literals).`,
		...at,
		candidates: [...target]
			.filter((workflow) => workflow.content.name === name)
			.map((workflow) => ({ id: workflow.id, name: workflow.content.name })),
		mapping: { of: 'workflows', key: id },
	};
}

type Table = { id: string; name: string };

export function tableFinding(
	reference: ReferenceOf<'data-table'>,
	candidates: Table[],
	at: Place,
): Finding {
	const { name, value, by } = reference;
	return {
		code: 'data_table_unmapped',
		message: `Data table ${name ?? value} is named by its ${by} in the source. Map it (mappings.dataTables["${value}"] = the id of one in the target), or, if the target has it under the same ${by}, declare it a literal (mappings.literals).`,
		...at,
		candidates: candidates.filter((table) => table.name === (name ?? value)),
		mapping: { of: 'dataTables', key: value },
	};
}

export function tableGone(
	{ name, value }: ReferenceOf<'data-table'>,
	wanted: string,
	candidates: Table[],
	at: Place,
): Finding {
	return {
		code: 'data_table_mapping_invalid',
		message: `Data table ${name ?? value} is mapped to ${wanted}, and the target has no table of that id, or does not tell.`,
		...at,
		candidates: candidates.filter((table) => table.name === (name ?? value)),
		mapping: { of: 'dataTables', key: value },
	};
}

export function credentialByRule(
	{
		type,
		called,
		chosen,
		rule,
	}: { type: string; called: string; chosen: EngineCredential; rule: CredentialRule },
	at: Place,
): Finding {
	return {
		code: 'credential_mapped_by_rule',
		message: `Credential "${called}" (${type}) becomes "${chosen.name}" (${chosen.id}) by the rule "${rule.source}" → "${rule.target}".`,
		...at,
	};
}

export function nodeTypeFinding(
	{ type, package: from }: ReferenceOf<'community-node'>,
	at: Place,
): Finding {
	return {
		code: 'node_type_not_seen',
		message: `The target does not list the node type ${type} among its community packages, and no published workflow there uses it. Install ${from} there, or the publishing will be refused; one from a mounted folder is not listed.`,
		...at,
	};
}

export function sourceUnread(reason: string): Finding {
	return {
		code: 'source_not_read',
		message: `The source could not be asked for its other ids, so texts were searched only for those that the release names: ${reason}`,
		workflowKey: null,
		place: null,
	};
}

export function dynamicFinding(reference: ReferenceOf<'dynamic'>, at: Place): Finding {
	return {
		code: 'reference_dynamic',
		message: `What this points at is known only at run time (${reference.what}). Make sure that it exists in the target.`,
		...at,
	};
}

export function strayFinding(id: string, cosmetic: boolean, at: Place): Finding {
	if (cosmetic) {
		const message = `The id ${id} of the source stands in a note or a name, which nothing runs. It stays as it is.`;
		return { code: 'stray_id_in_note', message, ...at };
	}
	return {
		code: 'stray_id',
		message: `The id ${id} of the source stands here in text, where it is not rewritten. Pass it in by an expression or a field made for ids, or declare it a literal (mappings.literals).`,
		...at,
		mapping: { of: 'literals', key: id },
	};
}
