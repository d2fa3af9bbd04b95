import type { EngineWorkflow, WorkflowContent } from '../engines/port/workflow';
import { digestOf } from '../kernel/canonical-json';
import { diffContents } from '../workflow-versions/diff';
import { findReferences } from '../workflow-versions/references';
import { graphPrint, onlyGraph, onlySettings, printsOf, withoutCredentials } from './prints';

export const driftKinds = [
	/** It is not there any more. */
	'deleted',
	'archived',
	/** Expected live, and is not; or the other way round. */
	'unpublished',
	'published',
	/** What runs has other nodes, parameters or connections. */
	'live',
	/** What runs uses other credentials, and is equal otherwise. */
	'credentials',
	/** A credential that it uses was deleted. */
	'credential-gone',
	/** Settings apply at once, whatever version is live. */
	'settings',
	/** An edit that is not live. */
	'draft',
	'name',
	'description',
	'tags',
	/** Positions, notes, groups. */
	'look',
] as const;
export type DriftKind = (typeof driftKinds)[number];

/** behaviour: it does something else, or would with the next publishing; appearance: it only looks different. */
export const driftWeights = ['behaviour', 'appearance'] as const;
export type DriftWeight = (typeof driftWeights)[number];

/** One difference between what is and what is expected. */
export interface Drift {
	kind: DriftKind;
	weight: DriftWeight;
	/** What it is now, as a digest: another state is another drift. */
	state: string;
	/** Readable, secrets masked. */
	diff: string;
}

export interface ExpectedState {
	draft: WorkflowContent;
	/** Null: not published. */
	live: WorkflowContent | null;
	tags: string[];
	/** Ids of credentials that it used and that were there. */
	credentials: string[];
}

/**
 * Everything that differs, each kind at most once; what n8n's `updatedAt` does not show included.
 * @param actual null: it is gone
 * @param credentials ids of those that are there
 */
export function driftOf(
	expected: ExpectedState,
	actual: EngineWorkflow | null,
	credentials: ReadonlySet<string>,
): Drift[] {
	if (!actual) return [finding('deleted', 'behaviour', null, '- deleted')];
	return [
		...publicationDrift(expected, actual),
		...liveDrift(expected, actual),
		...draftDrift(expected, actual),
		...sharedDrift(expected, actual),
		...goneCredentials(expected, actual, credentials),
	];
}

function publicationDrift({ live }: ExpectedState, actual: EngineWorkflow): Drift[] {
	if (actual.archived) return [finding('archived', 'behaviour', true, '- archived')];
	if (live && !actual.live) return [finding('unpublished', 'behaviour', null, '- unpublished')];
	if (live || !actual.live) return [];
	const state = graphPrint(actual.live.graph);
	return [finding('published', 'behaviour', state, '+ published')];
}

function liveDrift({ live }: ExpectedState, actual: EngineWorkflow): Drift[] {
	if (!live || !actual.live) return [];
	const { graph } = actual.live;
	const [wanted, found] = [graphPrint(live), graphPrint(graph)];
	const diff = () => diffContents(onlyGraph(live), onlyGraph(graph)).text;
	if (wanted.digest !== found.digest) {
		const rebound =
			graphPrint(withoutCredentials(live)).digest === graphPrint(withoutCredentials(graph)).digest;
		return [finding(rebound ? 'credentials' : 'live', 'behaviour', found, diff())];
	}
	if (wanted.appearanceDigest === found.appearanceDigest) return [];
	return [finding('look', 'appearance', found, diff())];
}

/** An edit that waits; one that is live was told already. */
function draftDrift({ draft }: ExpectedState, actual: EngineWorkflow): Drift[] {
	const { content, live } = actual;
	const [wanted, found] = [graphPrint(draft), graphPrint(content)];
	const isSame = (one: typeof wanted) =>
		one.digest === found.digest && one.appearanceDigest === found.appearanceDigest;
	if (isSame(wanted) || (live && isSame(graphPrint(live.graph)))) return [];
	const weight = wanted.digest === found.digest ? 'appearance' : 'behaviour';
	const { text } = diffContents(onlyGraph(draft), onlyGraph(content));
	return [finding('draft', weight, found, text)];
}

/** What belongs to the workflow and not to a version of it. */
function sharedDrift({ draft, tags }: ExpectedState, actual: EngineWorkflow): Drift[] {
	const { content } = actual;
	const drifts: Drift[] = [];
	const [wanted, found] = [printsOf(draft).settings, printsOf(content).settings];
	if (wanted.digest !== found.digest || wanted.appearanceDigest !== found.appearanceDigest) {
		const weight = wanted.digest === found.digest ? 'appearance' : 'behaviour';
		const { text } = diffContents(onlySettings(draft), onlySettings(content));
		drifts.push(finding('settings', weight, found, text));
	}
	if (draft.name !== content.name) {
		drifts.push(finding('name', 'appearance', content.name, changed(draft.name, content.name)));
	}
	const [before, after] = [draft.description ?? '', content.description ?? ''];
	if (before !== after) {
		drifts.push(finding('description', 'appearance', after, changed(before, after)));
	}
	const names = actual.tags.map(({ name }) => name).sort();
	const expected = [...tags].sort();
	if (JSON.stringify(names) !== JSON.stringify(expected)) {
		const diff = changed(expected.join(', '), names.join(', '));
		drifts.push(finding('tags', 'appearance', names, diff));
	}
	return drifts;
}

function goneCredentials(
	expected: ExpectedState,
	{ content, live }: EngineWorkflow,
	there: ReadonlySet<string>,
): Drift[] {
	const gone = findReferences({ ...content, ...live?.graph }).flatMap((reference) =>
		reference.kind === 'credential' &&
		reference.id !== null &&
		!reference.disabled &&
		expected.credentials.includes(reference.id) &&
		!there.has(reference.id)
			? [`- ${reference.place}: the credential "${reference.name}" was deleted`]
			: [],
	);
	const lines = [...new Set(gone)].sort();
	return lines.length === 0
		? []
		: [finding('credential-gone', 'behaviour', lines, lines.join('\n'))];
}

function changed(before: string, after: string): string {
	return `~ ${JSON.stringify(before)} → ${JSON.stringify(after)}`;
}

function finding(kind: DriftKind, weight: DriftWeight, state: unknown, diff: string): Drift {
	return { kind, weight, state: digestOf({ kind, state }), diff };
}
