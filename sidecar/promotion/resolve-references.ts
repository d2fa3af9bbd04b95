import type { EngineCredential } from '../engines/port/definitions';
import { findReferences } from '../workflow-versions/references';
import type { ReferenceOf } from '../workflow-versions/reference';
import { findStrayIds } from '../workflow-versions/stray-ids';
import type { WorkflowVersion } from '../workflow-versions/version';
import { byRule } from './credential-rules';
import { own } from './own';
import type { Finding, Mappings, Plan } from './promotion';
import {
	credentialFinding,
	credentialGone,
	credentialByRule,
	credentialWithoutId,
	dynamicFinding,
	nodeTypeFinding,
	sourceUnread,
	strayFinding,
	tableFinding,
	tableGone,
	workflowFinding,
	type Place,
} from './reference-findings';
import { secretFindings } from './secret-findings';
import { emptyInventory, type SourceInventory } from './source-inventory';
import type { TargetState } from './target-state';

export interface ResolveInput {
	versions: WorkflowVersion[];
	/** Ids of the workflows of the release in the source. */
	releaseIds: Set<string>;
	/** Source and target are one environment, so every id already is the target's. */
	sameEnvironment: boolean;
	mappings: Mappings;
	target: TargetState;
	/** Source workflow id → target id, for those of the release that exist there. */
	workflows: Plan['workflows'];
	/** What else the source has; default nothing. */
	inventory?: SourceInventory;
}

export interface Resolved {
	credentials: Plan['credentials'];
	workflows: Plan['workflows'];
	dataTables: NonNullable<Plan['dataTables']>;
	blockers: Finding[];
	warnings: Finding[];
}

/**
 * Finds for every reference what stands for it in the target: mapped by the operator, the same there,
 * or declared literal. Whatever is none of these blocks; nothing is guessed.
 */
export function resolveReferences(input: ResolveInput): Resolved {
	const resolved: Resolved = {
		credentials: {},
		workflows: { ...input.workflows },
		dataTables: {},
		blockers: [],
		warnings: [],
	};
	const literals = new Set(input.mappings.literals);
	const sourceIds = new Set(input.releaseIds);
	for (const version of input.versions) {
		if (!input.sameEnvironment) resolved.blockers.push(...secretFindings(version, literals));
		for (const reference of findReferences(version.content)) {
			const at = { workflowKey: version.workflowKey, place: reference.place };
			if (reference.kind === 'dynamic') resolved.warnings.push(dynamicFinding(reference, at));
			if (reference.kind === 'credential' && !literals.has(reference.id ?? '')) {
				resolveCredential(input, resolved, reference, at);
				if (reference.id !== null) sourceIds.add(reference.id);
			}
			if (input.sameEnvironment) continue;
			if (reference.kind === 'workflow' && !literals.has(reference.id)) {
				resolveWorkflow(input, resolved, reference, at);
				sourceIds.add(reference.id);
			}
			if (reference.kind === 'data-table' && !literals.has(reference.value)) {
				resolveTable(input, resolved, reference, at);
				if (reference.by === 'id') sourceIds.add(reference.value);
			}
			if (reference.kind === 'community-node') resolveNodeType(input, resolved, reference, at);
		}
	}
	if (!input.sameEnvironment) findStrays(input, resolved, sourceIds);
	return resolved;
}

function resolveCredential(
	input: ResolveInput,
	resolved: Resolved,
	reference: ReferenceOf<'credential'>,
	at: Place,
): void {
	const { id, type, disabled } = reference;
	if (id === null) {
		if (!disabled && !input.sameEnvironment) {
			resolved.blockers.push(credentialWithoutId(reference, at));
		}
		return;
	}
	const ofType = input.target.credentials.filter((credential) => credential.type === type);
	const mapped = input.sameEnvironment ? id : own(input.mappings.credentials, id);
	const wanted = mapped ?? id;
	const found =
		ofType.find((credential) => credential.id === wanted) ??
		(mapped === undefined ? foundByRule(input, resolved, reference, at) : undefined);
	if (found) resolved.credentials[id] = { id: found.id, name: found.name };
	else if (disabled) return;
	else if (input.sameEnvironment) resolved.warnings.push(credentialGone(reference, at));
	else resolved.blockers.push(credentialFinding(reference, wanted, ofType, at));
}

/** A rule decides only where exactly one credential is meant, and it is told. */
function foundByRule(
	{ mappings, target, inventory = emptyInventory }: ResolveInput,
	resolved: Resolved,
	{ id, type, name }: ReferenceOf<'credential'>,
	at: Place,
): EngineCredential | undefined {
	// The source knows its name better than the node, which keeps the one from when it was chosen.
	const called = inventory.credentials.get(id ?? '') ?? name;
	if (called === null) return undefined;
	const ruled = byRule(mappings.rules ?? [], { type, name: called }, target.credentials);
	const [only, ...others] = ruled?.found ?? [];
	if (!ruled || !only || others.length > 0) return undefined;
	resolved.warnings.push(credentialByRule({ type, called, chosen: only, rule: ruled.rule }, at));
	return only;
}

function resolveTable(
	{ mappings, target }: ResolveInput,
	resolved: Resolved,
	reference: ReferenceOf<'data-table'>,
	at: Place,
): void {
	const { value, disabled } = reference;
	const wanted = own(mappings.dataTables ?? {}, value);
	const tables = target.dataTables ?? null;
	const found = tables?.find(({ id }) => id === wanted);
	if (found) resolved.dataTables[value] = found;
	else if (wanted !== undefined && tables === null && reference.by === 'id') {
		// The target does not tell its tables; what the operator said holds.
		resolved.dataTables[value] = { id: wanted, name: reference.name ?? wanted };
	} else {
		const finding =
			wanted === undefined
				? tableFinding(reference, tables ?? [], at)
				: tableGone(reference, wanted, tables ?? [], at);
		(disabled ? resolved.warnings : resolved.blockers).push(finding);
	}
}

/** n8n tells only packages that it has installed by itself, so this is for the operator to judge. */
function resolveNodeType(
	{ target }: ResolveInput,
	resolved: Resolved,
	reference: ReferenceOf<'community-node'>,
	at: Place,
): void {
	const installed = target.nodeTypes ?? null;
	const known = new Set(
		[...target.workflows.values()]
			.flatMap(({ live }) => live?.graph.nodes ?? [])
			.map(({ type }) => type),
	);
	if (installed === null || installed.includes(reference.type) || known.has(reference.type)) return;
	resolved.warnings.push(nodeTypeFinding(reference, at));
}

function resolveWorkflow(
	input: ResolveInput,
	resolved: Resolved,
	reference: ReferenceOf<'workflow'>,
	at: Place,
): void {
	const { id, disabled } = reference;
	if (input.releaseIds.has(id) || Object.hasOwn(resolved.workflows, id)) return;
	const found = input.target.workflows.get(own(input.mappings.workflows, id) ?? '');
	if (found) {
		resolved.workflows[id] = { id: found.id, name: found.content.name };
		return;
	}
	const finding = workflowFinding(reference, input.target.workflows.values(), at);
	(disabled ? resolved.warnings : resolved.blockers).push(finding);
}

/** Ids of the source in text. One that means the same in the target may stand anywhere. */
function findStrays(input: ResolveInput, resolved: Resolved, sourceIds: Set<string>): void {
	const literals = new Set(input.mappings.literals);
	const { workflows, credentials, dataTables, unread } = input.inventory ?? emptyInventory;
	const there = new Set([
		...input.target.workflows.keys(),
		...input.target.credentials.map(({ id }) => id),
		...(input.target.dataTables ?? []).map(({ id }) => id),
	]);
	const elsewhere = [...workflows.keys(), ...credentials.keys(), ...dataTables.keys()];
	const strays = [...new Set([...sourceIds, ...elsewhere])].filter(
		(id) =>
			!literals.has(id) &&
			// The same id there: it means the same, or nothing of the source.
			!(there.has(id) && !sourceIds.has(id)) &&
			own(resolved.workflows, id)?.id !== id &&
			own(resolved.credentials, id)?.id !== id,
	);
	for (const { content, workflowKey } of input.versions) {
		for (const { id, place, cosmetic } of findStrayIds(content, strays)) {
			const finding = strayFinding(id, cosmetic, { workflowKey, place });
			(cosmetic ? resolved.warnings : resolved.blockers).push(finding);
		}
	}
	if (unread !== null) resolved.warnings.push(sourceUnread(unread));
}
