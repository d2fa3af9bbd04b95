import type { WorkflowNode } from '../engines/port/workflow';
import { isObject } from './json-path';
import type { ReferenceOf, ReferencePlace } from './reference';

/** The credentials of a node. Very old ones are only a name. */
export function credentialReferences(
	node: WorkflowNode,
	placeOf: (type: string) => ReferencePlace,
): Array<ReferenceOf<'credential'>> {
	const credentials: unknown = node.credentials;
	if (!isObject(credentials)) return [];
	return Object.entries(credentials).flatMap(([type, value]) => {
		if (value === null || value === undefined) return [];
		const { id, name } = isObject(value) ? value : { id: null, name: value };
		return [
			{
				kind: 'credential' as const,
				type,
				id: typeof id === 'string' && id !== '' ? id : null,
				name: typeof name === 'string' && name !== '' ? name : null,
				...placeOf(type),
			},
		];
	});
}
