import { isDeepStrictEqual } from 'node:util';
import type { WorkflowContent, WorkflowNode } from '../engines/port/workflow';
import type { Ownership } from '../environments/protection';
import { pairNodes } from '../workflow-versions/node-pairing';

export interface Owned {
	content: WorkflowContent;
	/** Places that stay as they are in the target although the release has them otherwise. */
	kept: string[];
}

/** Where nodes that start by the clock say when. */
const scheduleOf: Record<string, string> = {
	'n8n-nodes-base.scheduleTrigger': 'rule',
	'n8n-nodes-base.cron': 'triggerTimes',
};

/** A release as the target gets it, with what belongs to the target as it is there. */
export function keepOwned(
	content: WorkflowContent,
	target: WorkflowContent,
	owned: Ownership,
): Owned {
	const kept: string[] = [];
	const settings = { ...content.settings };
	for (const name of owned.settings) {
		if (isDeepStrictEqual(settings[name], target.settings[name])) continue;
		kept.push(`settings.${name}`);
		if (Object.hasOwn(target.settings, name)) settings[name] = target.settings[name];
		else Reflect.deleteProperty(settings, name);
	}
	const theirs = new Map(
		pairNodes(target.nodes, content.nodes).kept.map(([there, here]) => [here.name, there]),
	);
	const nodes = content.nodes.map((node) => {
		const there = theirs.get(node.name);
		if (!there || there.type !== node.type) return node;
		return pathsOf(node, owned).reduce((now, path) => {
			const value = valueAt(there.parameters, path);
			if (value === undefined || isDeepStrictEqual(value, valueAt(now.parameters, path)))
				return now;
			kept.push(`nodes[${node.name}].parameters.${path.join('.')}`);
			return { ...now, parameters: withValue(now.parameters ?? {}, path, value) };
		}, node);
	});
	return { content: { ...content, nodes, settings }, kept };
}

function pathsOf(node: WorkflowNode, { schedules, parameters }: Ownership): string[][] {
	const schedule = schedules && Object.hasOwn(scheduleOf, node.type) ? scheduleOf[node.type] : null;
	return [
		...(schedule ? [[schedule]] : []),
		...parameters
			.filter((each) => each.node === '*' || each.node === node.name)
			.map(({ path }) => path.split('.')),
	];
}

function valueAt(from: unknown, path: string[]): unknown {
	return path.reduce<unknown>(
		(inner, name) =>
			typeof inner === 'object' && inner !== null && Object.hasOwn(inner, name)
				? (inner as Record<string, unknown>)[name]
				: undefined,
		from,
	);
}

function withValue(
	into: Record<string, unknown>,
	[name = '', ...rest]: string[],
	value: unknown,
): Record<string, unknown> {
	if (rest.length === 0) return { ...into, [name]: value };
	const inner = Object.hasOwn(into, name) ? into[name] : undefined;
	if (!Array.isArray(inner)) {
		const object = typeof inner === 'object' && inner !== null ? inner : {};
		return { ...into, [name]: withValue(object as Record<string, unknown>, rest, value) };
	}
	const changed = Object.entries(withValue({ ...inner }, rest, value));
	return { ...into, [name]: changed.map(([, item]) => item) };
}
