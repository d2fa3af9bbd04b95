import type { WorkflowContent, WorkflowNode } from '../engines/port/workflow';
import { isStickyNote } from './canonical-node';
import { embeddedKeys, embeddedWorkflow } from './embedded-workflow';
import { isObject, pathTo, valueAt } from './json-path';
import { isCachedField, isResourceLocator } from './resource-locator';
import { tableSlot } from './references';
import { readSlot, workflowSlots } from './workflow-slots';

export interface StrayId {
	id: string;
	/** e.g. nodes[Code].parameters.jsCode */
	place: string;
	/** It stands in a note, a name or a description, which nothing runs. */
	cosmetic: boolean;
}

/** Shorter ids (old instances count 1, 2, 3) are looked for only in addresses, else every number is a hit. */
const shortestFreeId = 8;
const inAddress = /\/(?:workflows?|credentials|executions?|datatables)\/([A-Za-z0-9_-]+)/g;

/**
 * Places where an id we know stands outside the fields made for ids: in expressions, code, addresses, keys,
 * notes. `rebind` does not reach them. An id counts only as a whole word.
 */
export function findStrayIds(content: WorkflowContent, knownIds: readonly string[]): StrayId[] {
	const known = knownFrom(knownIds);
	const { nodes, connections: _, settings, ...shown } = content;
	const { errorWorkflow: __, callerIds: ___, ...others } = settings ?? {};
	return [
		...nodes.flatMap((node) => inNode(node, known, '')),
		...inValue(others, 'settings', known),
		...inValue(shown, '', known, { cosmetic: true }),
	];
}

interface Known {
	words: Set<string>;
	/** Ids that are more than one word of letters and digits. */
	composed: string[];
}

function knownFrom(ids: readonly string[]): Known {
	return {
		words: new Set(ids),
		composed: ids.filter((id) => id.length >= shortestFreeId && !/^[A-Za-z0-9]+$/.test(id)),
	};
}

/** Fields of a node that are made for ids, or tell what it is. */
const apart = ['id', 'webhookId', 'type', 'typeVersion', 'position', 'credentials', 'parameters'];
const shownOnly = ['name', 'notes'];

function inNode(node: WorkflowNode, known: Known, prefix: string): StrayId[] {
	const base = `${prefix}nodes[${node.name}]`;
	const inside = embeddedWorkflow(node);
	const skipped = new Set(inside ? [placeOf(base, embeddedKeys)] : []);
	const slots = slotIds(node, base);
	const cosmetic = isStickyNote(node);
	const found = inValue(node.parameters ?? {}, `${base}.parameters`, known, {
		skipped,
		slots,
		cosmetic,
	});
	for (const [field, value] of Object.entries(node)) {
		if (apart.includes(field)) continue;
		const look = { cosmetic: cosmetic || shownOnly.includes(field) };
		found.push(...inValue(value, pathTo(base, field), known, look));
	}
	found.push(...inCredentials(node, base, known));
	if (!inside) return found;
	const { nodes, connections: _, ...rest } = inside;
	const within = `${base}.parameters.workflowJson`;
	return [
		...found,
		...nodes.flatMap((each) => inNode(each, known, `${within}.`)),
		...inValue(rest, within, known),
	];
}

/** Place of a field made for an id → the id there, which `rebind` does reach. */
function slotIds(node: WorkflowNode, base: string): Map<string, string> {
	const keys = [...workflowSlots(node).map((slot) => slot.keys), ...tableSlot(node)];
	return new Map(
		keys.flatMap((each) => {
			const slot = readSlot(valueAt(node.parameters, each));
			const place = placeOf(base, each);
			if (slot.kind !== 'id') return [];
			return [place, `${place}.value`].map((at) => [at, slot.id] as const);
		}),
	);
}

/** What stands beside the id and the name of a credential. */
function inCredentials(node: WorkflowNode, base: string, known: Known): StrayId[] {
	if (!isObject(node.credentials)) return [];
	return Object.entries(node.credentials).flatMap(([type, credential]) => {
		if (!isObject(credential)) return [];
		const { id: _, name: __, ...others } = credential;
		return inValue(others, pathTo(pathTo(base, 'credentials'), type), known);
	});
}

function placeOf(base: string, keys: readonly string[]): string {
	return keys.reduce(pathTo, `${base}.parameters`);
}

interface Look {
	skipped?: ReadonlySet<string>;
	slots?: ReadonlyMap<string, string>;
	cosmetic?: boolean;
}

function inValue(value: unknown, place: string, known: Known, look: Look = {}): StrayId[] {
	if (look.skipped?.has(place)) return [];
	const cosmetic = look.cosmetic ?? false;
	if (typeof value === 'string' || typeof value === 'number') {
		const own = look.slots?.get(place);
		return idsIn(String(value), known)
			.filter((id) => id !== own)
			.map((id) => ({ id, place, cosmetic }));
	}
	if (Array.isArray(value)) {
		return value.flatMap((item, index) => inValue(item, pathTo(place, index), known, look));
	}
	if (!isObject(value)) return [];
	const locator = isResourceLocator(value);
	return Object.entries(value)
		.filter(([key]) => !(locator && isCachedField(key)))
		.flatMap(([key, field]) => [
			...idsIn(key, known).map((id) => ({ id, place: pathTo(place, key), cosmetic })),
			...inValue(field, pathTo(place, key), known, look),
		]);
}

function idsIn(text: string, known: Known): string[] {
	const words = [...text.matchAll(/[A-Za-z0-9]+/g), ...text.matchAll(/[A-Za-z0-9_-]+/g)]
		.map(([word]) => word)
		.filter((word) => word.length >= shortestFreeId && known.words.has(word));
	const linked = [...text.matchAll(inAddress)]
		.map(([, id = '']) => id)
		.filter((id) => known.words.has(id));
	return [...new Set([...words, ...linked, ...composedIn(text, known.composed)])];
}

/** Ids with dashes and the like, not inside a longer word. */
function composedIn(text: string, ids: string[]): string[] {
	return ids.filter((id) => {
		for (let at = text.indexOf(id); at !== -1; at = text.indexOf(id, at + 1)) {
			const around = `${text[at - 1] ?? ' '}${text[at + id.length] ?? ' '}`;
			if (!/[A-Za-z0-9]/.test(around)) return true;
		}
		return false;
	});
}
