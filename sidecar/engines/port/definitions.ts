import type { EngineWorkflow, WorkflowContent, WorkflowGraph, WorkflowSummary } from './workflow';

export interface WorkflowDefinitions {
	list(): Promise<WorkflowSummary[]>;
	/** Whole workflows, drafts and live graphs; for questions over all of them. */
	listFull(): Promise<EngineWorkflow[]>;
	/** @throws workflow_not_found */
	get(id: string): Promise<EngineWorkflow>;
	/** Creates an unpublished workflow. @throws workflow_invalid */
	create(content: WorkflowContent): Promise<EngineWorkflow>;
	/**
	 * Replaces the draft and the settings without publishing.
	 * @param base what the caller has just read: settings in which it does not differ are not sent, so
	 * that one which somebody else changes in between stays. Default: read now
	 * @throws workflow_invalid, workflow_not_found
	 */
	saveDraft(
		id: string,
		content: WorkflowContent,
		base?: Pick<EngineWorkflow, 'content'>,
	): Promise<EngineWorkflow>;
	/**
	 * Asks for one version to go live. Accepted is not live: read back and probe.
	 * @returns the workflow as it was when the engine had taken it
	 * @throws engine_conflict, workflow_invalid
	 */
	publish(id: string, versionId: string): Promise<EngineWorkflow>;
	unpublish(id: string): Promise<void>;
	remove(id: string): Promise<void>;
	/** Absent where the engine has no tags. @throws workflow_not_found */
	setTags?(id: string, tagIds: string[]): Promise<void>;
	/** Newest first. */
	history(id: string): Promise<WorkflowHistoryEntry[]>;
	graphOf(id: string, versionId: string): Promise<WorkflowGraph>;
	/** Asks whether a production webhook is registered, without starting it. */
	probeWebhook(webhook: { method: string; path: string }): Promise<boolean>;
	listCredentials(): Promise<EngineCredential[]>;
	testCredential(id: string): Promise<CredentialTest>;
	/** Null where the access does not reach so far. */
	listDataTables?(): Promise<Array<{ id: string; name: string }> | null>;
	/** Types of nodes that were installed beside the engine's own; null where nobody can tell. */
	installedNodeTypes?(): Promise<string[] | null>;
	/** Fields the engine takes in; the digest changes when its API does. */
	describeApi(): Promise<EngineApi>;
}

export interface WorkflowHistoryEntry {
	versionId: string;
	authors: string;
	createdAt: string;
}

export interface EngineCredential {
	id: string;
	name: string;
	type: string;
	/** ISO date-time; absent where the engine does not say. */
	updatedAt?: string;
}

export type CredentialTest =
	| { result: 'ok' }
	| { result: 'failed'; message: string }
	/** The type brings no test. */
	| { result: 'untestable'; message: string };

export interface EngineApi {
	digest: string;
	/** Names the engine accepts; null where it does not say. */
	workflowFields: string[] | null;
	settingsFields: string[] | null;
	nodeFields: string[] | null;
	/** Settings are merged, not replaced: the value that takes a key away, for the keys that can be. */
	settingsReset: Record<string, unknown>;
}
