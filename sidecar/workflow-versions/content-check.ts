import { z } from 'zod';
import type { WorkflowContent } from '../engines/port/workflow';
import { OrchestrationError } from '../kernel/errors';
import { pathTo } from './json-path';

const text = z.string().min(1);
const credential = z.union([z.string(), z.looseObject({}), z.null()]);
const node = z.looseObject({
	name: text,
	type: text,
	id: z.string().optional(),
	typeVersion: z.number().optional(),
	position: z.tuple([z.number(), z.number()]).optional(),
	parameters: z.record(z.string(), z.unknown()).optional(),
	credentials: z.record(z.string(), credential).optional(),
	disabled: z.boolean().optional(),
});
const target = z.looseObject({ node: text, type: text, index: z.int().min(0) });
const workflow = z.looseObject({
	name: text,
	nodes: z.array(node),
	connections: z.record(z.string(), z.record(z.string(), z.array(z.array(target).nullable()))),
	settings: z.record(z.string(), z.unknown()).nullish(),
	nodeGroups: z.array(z.unknown()).nullish(),
	description: z.string().nullish(),
});

/**
 * Takes a workflow out of parsed JSON as it stands, field order kept, after checking what n8n checks.
 * @throws workflow_invalid with the place
 */
export function checkedContent(document: unknown): WorkflowContent {
	checkDepth(document);
	const parsed = workflow.safeParse(document);
	if (!parsed.success) {
		const [issue] = parsed.error.issues;
		const keys = (issue?.path ?? []).map((key) => (typeof key === 'number' ? key : String(key)));
		throw invalidWorkflow(keys.reduce(pathTo, ''), issue?.message ?? 'unreadable');
	}
	// The parsed copy has its keys in another order; an export must come out as it went in.
	const content = document as WorkflowContent;
	checkNames(content);
	checkConnections(content);
	return {
		name: content.name,
		nodes: content.nodes,
		connections: content.connections,
		settings: content.settings ?? {},
		...(content.nodeGroups?.length ? { nodeGroups: content.nodeGroups } : {}),
		...(content.description ? { description: content.description } : {}),
	};
}

export function invalidWorkflow(place: string, problem: string): OrchestrationError {
	return new OrchestrationError(
		'workflow_invalid',
		`The workflow JSON is not valid at ${place || 'its top'}: ${problem}. Correct it there, or export it again from n8n.`,
		{ details: { place } },
	);
}

/** Deeper than this no editor goes; every later step walks the JSON recursively. */
const maxDepth = 500;

function checkDepth(document: unknown): void {
	let level: unknown[] = [document];
	for (let depth = 0; level.length > 0; depth += 1) {
		if (depth > maxDepth) throw invalidWorkflow('', `nested deeper than ${maxDepth} levels`);
		level = level.flatMap((value) =>
			typeof value === 'object' && value !== null ? Object.values(value) : [],
		);
	}
}

function checkNames({ nodes }: WorkflowContent): void {
	const seen = new Set<string>();
	nodes.forEach(({ name }, index) => {
		if (seen.has(name)) {
			throw invalidWorkflow(`nodes[${index}].name`, `another node is called "${name}" too`);
		}
		seen.add(name);
	});
}

function checkConnections({ nodes, connections }: WorkflowContent): void {
	const names = new Set(nodes.map(({ name }) => name));
	for (const [from, types] of Object.entries(connections)) {
		const place = pathTo('connections', from);
		if (!names.has(from)) throw invalidWorkflow(place, `there is no node "${from}"`);
		for (const [type, outputs] of Object.entries(types)) {
			outputs.forEach((targets, output) =>
				targets?.forEach((each, index) => {
					if (names.has(each.node)) return;
					const at = [type, output, index, 'node'].reduce(pathTo, place);
					throw invalidWorkflow(at, `there is no node "${each.node}"`);
				}),
			);
		}
	}
}
