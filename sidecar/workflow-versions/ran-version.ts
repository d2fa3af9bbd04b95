import type { WorkflowContent } from '../engines/port/workflow';
import { canonicalJson } from '../kernel/canonical-json';
import { canonicalForm } from './canonical-form';
import { isObject, type JsonObject } from './json-path';
import type { WorkflowVersion } from './version';

/**
 * The version that an execution ran. n8n keeps with an execution what it ran, but with defaults filled
 * in and hidden parameters left out, so no digest can be compared: a version is it when nothing in the
 * two contradicts; of several, the one that has most in common, then the newest.
 * @param versions newest first
 */
export function versionThatRan(
	ran: WorkflowContent,
	versions: WorkflowVersion[],
): WorkflowVersion | null {
	let best: { version: WorkflowVersion; shared: number } | null = null;
	for (const version of versions) {
		const shared = agreement(ran, version.content);
		if (shared !== null && (best === null || shared > best.shared)) best = { version, shared };
	}
	return best?.version ?? null;
}

/** Number of parameters that both name, all with the same value; null when the two contradict. */
function agreement(ran: WorkflowContent, content: WorkflowContent): number | null {
	const [one, other] = [canonicalForm(ran).behaviour, canonicalForm(content).behaviour];
	if (!isEqual(one['connections'], other['connections'])) return null;
	if (!isEqual(one['settings'], other['settings'])) return null;
	const left = nodesOf(one);
	const right = nodesOf(other);
	if (left.length !== right.length) return null;
	let shared = 0;
	for (const [index, node] of left.entries()) {
		const { parameters, ...rest } = node;
		const { parameters: parametersThere, ...restThere } = right[index] ?? {};
		if (!isEqual(rest, restThere)) return null;
		const common = commonLeaves(parameters, parametersThere);
		if (common === null) return null;
		shared += common;
	}
	return shared;
}

function nodesOf(behaviour: JsonObject): JsonObject[] {
	return behaviour['nodes'] as JsonObject[];
}

function commonLeaves(one: unknown, other: unknown): number | null {
	if (!isObject(one) || !isObject(other)) return isEqual(one, other) ? 1 : null;
	let shared = 0;
	for (const [key, value] of Object.entries(one)) {
		if (!Object.hasOwn(other, key)) continue;
		const common = commonLeaves(value, other[key]);
		if (common === null) return null;
		shared += common;
	}
	return shared;
}

function isEqual(one: unknown, other: unknown): boolean {
	return canonicalJson(one ?? null) === canonicalJson(other ?? null);
}
