import { offered } from '../../../sidecar/console/pages/promote/workflow-choice';

const many = Array.from({ length: 500 }, (_, index) => ({
	id: `w${index}`,
	name: `Workflow ${index}`,
	archived: index === 3,
}));

it('offers what somebody came with first, however many stand before it', () => {
	const { rows, left } = offered(many, 'w499', '');
	expect(rows[0]?.id).toBe('w499');
	expect(rows).toHaveLength(200);
	expect(left).toBe(299);
});

it('keeps it in sight while somebody looks for others', () => {
	const { rows, left } = offered(many, 'w499', ' WORKFLOW 77 ');
	expect(rows.map(({ id }) => id)).toEqual(['w499', 'w77']);
	expect(left).toBe(0);
});

it('offers nothing that is archived', () => {
	expect(offered(many, undefined, 'workflow 3').rows.map(({ id }) => id)).not.toContain('w3');
});
