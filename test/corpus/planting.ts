import type { WorkflowContent } from '../../sidecar/engines/port/workflow';
import { isObject, pathTo, type JsonObject } from '../../sidecar/workflow-versions/json-path';

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
	};
}

/** 16 letters and digits, as n8n makes ids. */
export function randomId(random: () => number): string {
	const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
	return Array.from({ length: 16 }, () => letters[Math.floor(random() * letters.length)]).join('');
}

/** How an id stands in what people write. */
const wrappings: Array<(id: string) => string> = [
	(id) => id,
	(id) => `={{ $json.flow === "${id}" }}`,
	(id) => `const flow = '${id}';`,
	(id) => `https://n8n.example/workflow/${id}?tab=1`,
	(id) => `{"workflowId":"${id}"}`,
	(id) => `see ${id}.`,
	(id) => `flow_${id}-x`,
];

interface Spot {
	place: string;
	/** Writes a text there, beside what stands there. */
	write(text: string): void;
}

/** Every text a person can have written something into, in a copy. */
function spotsIn(content: WorkflowContent): Spot[] {
	const spots: Spot[] = [];
	const walk = (holder: JsonObject | unknown[], place: string): void => {
		for (const [key, value] of Object.entries(holder)) {
			const at = pathTo(place, Array.isArray(holder) ? Number(key) : key);
			if (typeof value === 'string' && !isMadeForIds(holder, key)) {
				spots.push({
					place: at,
					write: (text) => {
						(holder as JsonObject)[key] = value === '' ? text : `${value} ${text}`;
					},
				});
			} else if (isObject(value) || Array.isArray(value)) walk(value as JsonObject, at);
		}
	};
	content.nodes.forEach((node) => {
		walk((node.parameters ??= {}), `nodes[${node.name}].parameters`);
		spots.push({
			place: `nodes[${node.name}].notes`,
			write: (text) => {
				node['notes'] = text;
			},
		});
	});
	return spots;
}

/** Resource locators: the editor's memory is never sent anywhere else. */
function isMadeForIds(holder: JsonObject | unknown[], key: string): boolean {
	return (
		isObject(holder) && holder['__rl'] === true && (key.startsWith('cached') || key === 'mode')
	);
}

/** A copy with the text at a random place, in one of the ways people write such things. */
export function planted(
	content: WorkflowContent,
	id: string,
	random: () => number,
): { content: WorkflowContent; place: string } {
	const copy = structuredClone(content);
	const spots = spotsIn(copy);
	const spot = spots[Math.floor(random() * spots.length)];
	const wrap = wrappings[Math.floor(random() * wrappings.length)];
	if (!spot || !wrap) throw new Error(`nowhere to plant in "${content.name}"`);
	spot.write(wrap(id));
	return { content: copy, place: spot.place };
}
