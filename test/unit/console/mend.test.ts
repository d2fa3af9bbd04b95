import { type Finding, joined, mendsOf } from '../../../sidecar/console/pages/promote/mend';

const finding = (given: Partial<Finding>): Finding => ({
	code: 'credential_unmapped',
	message: '',
	workflowKey: null,
	place: null,
	...given,
});
const candidates = [{ id: 't1', name: 'Shop' }];

it('offers each credential that would fit', () => {
	const mapping = { of: 'credentials', key: 's1' } as const;
	expect(mendsOf(finding({ mapping, candidates }))).toEqual([
		{ label: 'Use “Shop”', mappings: { credentials: { s1: 't1' } } },
	]);
});

it('offers to promote a called workflow too, before anything else', () => {
	const mapping = { of: 'workflows', key: 's1' } as const;
	const [first, ...others] = mendsOf(finding({ code: 'workflow_unmapped', mapping, candidates }));
	expect(first).toEqual({ label: 'Promote it too', alongWith: 's1' });
	expect(others.map(({ mappings }) => mappings)).toEqual([
		{ workflows: { s1: 't1' } },
		{ literals: ['s1'] },
	]);
});

it('asks which one is meant where the name is taken', () => {
	const mapping = { of: 'workflows', key: 's1' } as const;
	const mends = mendsOf(finding({ code: 'workflow_name_taken', mapping, candidates }));
	expect(mends.map(({ mappings }) => mappings?.workflows)).toEqual([
		{ s1: 't1' },
		{ s1: 'create' },
	]);
});

it('lets a person say that a text is no secret, by its mark', () => {
	const mapping = { of: 'literals', key: 'not-a-secret:1f' } as const;
	expect(mendsOf(finding({ code: 'secret_in_workflow', mapping }))).toEqual([
		{ label: 'It is no secret', mappings: { literals: ['not-a-secret:1f'] } },
	]);
});

it('offers nothing where only the source can be corrected', () => {
	expect(mendsOf(finding({ code: 'trigger_cannot_start' }))).toEqual([]);
});

it('adds mends up, the later one winning', () => {
	const first = { credentials: { a: '1', b: '2' }, literals: ['x'] };
	expect(joined(first, { credentials: { b: '3' }, literals: ['x', 'y'] })).toMatchObject({
		credentials: { a: '1', b: '3' },
		literals: ['x', 'y'],
	});
});
