import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { repository } from './markdown';

const read = (file: string) => readFileSync(path.join(repository, file), 'utf8');
const sources = path.join(repository, 'sidecar/monitoring');
const known = new Set(
	readdirSync(sources)
		.flatMap((file) => [...read(`sidecar/monitoring/${file}`).matchAll(/metricPrefix\}(\w+)`/g)])
		.map(([, name = '']) => `orchestration_${name}`),
);

it.each(['docker/prometheus/alerts.yml', 'docker/grafana/dashboard.json'])(
	'%s asks only for metrics that there are',
	(file) => {
		const asked = [...read(file).matchAll(/orchestration_[a-z_]+/g)].map(([name]) =>
			name.replace(/_(bucket|sum|count)$/, ''),
		);
		expect(asked.length).toBeGreaterThan(5);
		expect([...new Set(asked)].filter((name) => !known.has(name))).toEqual([]);
	},
);

it('draws a dashboard whose panels do not lie upon each other', () => {
	const { panels } = JSON.parse(read('docker/grafana/dashboard.json')) as {
		panels: Array<{ title: string; gridPos: { x: number; y: number; w: number; h: number } }>;
	};
	for (const [at, { title, gridPos: one }] of panels.entries()) {
		const hidden = panels.slice(at + 1).filter(({ gridPos: other }) => {
			const apart = one.x + one.w <= other.x || other.x + other.w <= one.x;
			return !apart && one.y + one.h > other.y && other.y + other.h > one.y;
		});
		expect([title, hidden.map((panel) => panel.title)]).toEqual([title, []]);
	}
});
