import { drawDiff, type VersionDiff } from '../../../sidecar/console/canvas/graph';

const node = (name: string, x = 0) => ({ name, type: `n8n-nodes-base.code`, position: [x, 0] });
const to = (...names: string[]) => ({
	main: [names.map((each) => ({ node: each, type: 'main' }))],
});
const diff = (nodes: VersionDiff['nodes']): VersionDiff => ({
	from: 'a',
	to: 'b',
	sameBehaviour: false,
	nodes,
	connections: [],
	settings: [],
	text: '',
});

const before = {
	nodes: [node('Start'), node('Old', 200), node('End', 400)],
	connections: { Start: to('Old'), Old: to('End') },
};

it('draws one version as it is', () => {
	const { nodes, edges } = drawDiff(before, null, null);
	expect(nodes.map(({ change }) => change)).toEqual(['same', 'same', 'same']);
	expect(nodes[1]).toMatchObject({ name: 'Old', type: 'code', x: 200 });
	expect(edges.map(({ from, to: end, change }) => `${from} ${end} ${change}`)).toEqual([
		'Start Old same',
		'Old End same',
	]);
});

it('draws what is gone where it was, and what came', () => {
	const now = {
		nodes: [node('Start'), node('New', 220), node('End', 400)],
		connections: { Start: to('New'), New: to('End') },
	};
	const { nodes, edges } = drawDiff(
		now,
		before,
		diff([
			{ name: 'New', change: 'added', fields: [] },
			{ name: 'Old', change: 'removed', fields: [] },
			{ name: 'End', change: 'changed', fields: [] },
		]),
	);
	expect(nodes.map(({ name, change }) => `${name} ${change}`)).toEqual([
		'Start same',
		'New added',
		'End changed',
		'Old removed',
	]);
	expect(edges.filter(({ change }) => change === 'added')).toHaveLength(2);
	expect(edges.filter(({ change }) => change === 'removed')).toHaveLength(2);
});

it('keeps the connections of a node that was only renamed', () => {
	const now = {
		nodes: [node('Start'), node('Renamed', 200), node('End', 400)],
		connections: { Start: to('Renamed'), Renamed: to('End') },
	};
	const { nodes, edges } = drawDiff(
		now,
		before,
		diff([{ name: 'Renamed', change: 'changed', renamedFrom: 'Old', fields: [] }]),
	);
	expect(nodes.map(({ name }) => name)).toEqual(['Start', 'Renamed', 'End']);
	expect(new Set(edges.map(({ change }) => change))).toEqual(new Set(['same']));
});
