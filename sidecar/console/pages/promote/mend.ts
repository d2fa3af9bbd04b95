import type { components } from '../../api/schema';

export type Promotion = components['schemas']['Promotion'];
export type Finding = Promotion['plan']['blockers'][number];
export type Mappings = NonNullable<components['schemas']['PromotionInput']['mappings']>;

/** What a button beside a blocker does: the mappings it adds, or the workflow it takes along. */
export interface Mend {
	label: string;
	mappings?: Mappings;
	/** Id in the source of a workflow that is promoted too. */
	alongWith?: string;
}

/** The ways out of a blocker that are a click away, the likeliest first. */
export function mendsOf({ code, mapping, candidates = [] }: Finding): Mend[] {
	if (!mapping) return [];
	const { of, key } = mapping;
	if (of === 'literals') {
		const isSecret = code === 'secret_in_workflow';
		const label = isSecret ? 'It is no secret' : 'It is meant as it stands';
		return [{ label, mappings: { literals: [key] } }];
	}
	const chosen = candidates.map(({ id, name }) => ({
		label: `Use “${name}”`,
		mappings: { [of]: { [key]: id } },
	}));
	if (code === 'workflow_unmapped') {
		return [{ label: 'Promote it too', alongWith: key }, ...chosen, asItStands(key)];
	}
	if (of === 'workflows') {
		return [...chosen, { label: 'Make a new one', mappings: { workflows: { [key]: 'create' } } }];
	}
	return of === 'dataTables' ? [...chosen, asItStands(key)] : chosen;
}

function asItStands(key: string): Mend {
	return { label: 'Same id there', mappings: { literals: [key] } };
}

/** Mends add up: the later one wins where both speak of the same. */
export function joined(first: Mappings, second: Mappings): Mappings {
	return {
		credentials: { ...first.credentials, ...second.credentials },
		workflows: { ...first.workflows, ...second.workflows },
		dataTables: { ...first.dataTables, ...second.dataTables },
		literals: [...new Set([...(first.literals ?? []), ...(second.literals ?? [])])],
	};
}
