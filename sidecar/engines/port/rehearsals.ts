import type { Item } from './execution';
import type { WorkflowContent } from './workflow';

/** An item as a node gave it. */
export interface RecordedItem extends Item {
	/** Which items it was made of, in the engine's own form. */
	pairedItem?: unknown;
}

/** One run of one node. */
export interface RecordedRun {
	node: string;
	/** How many items it was given; null: not known. */
	given: number | null;
	/** What it gave, by output. */
	outputs: RecordedItem[][];
	failed: boolean;
}

/** What the nodes of an execution gave, in the order of their runs. */
export interface Recording {
	executionId: string;
	/** What ran; null: not known. */
	ran: WorkflowContent | null;
	runs: RecordedRun[];
}

/** A definition of which nothing reaches outside. */
export interface StagedContent {
	content: WorkflowContent;
	/** Nodes that give a recording instead of doing their work, and whose it is. */
	assumed: Array<{ node: string; executionId: string }>;
	/** Nodes that stop the run where it reaches them: what they would give cannot be told. */
	unknown: Array<{ node: string; why: string }>;
}

/** Trying out a definition without touching anything. */
export interface Rehearsals {
	/** @throws execution_not_found */
	recordingOf(executionId: string): Promise<Recording>;
	/**
	 * Puts recordings in place of every node that reaches outside. Of several recordings of a node the
	 * first counts. Pure.
	 */
	stage(content: WorkflowContent, triggerNode: string, recordings: Recording[]): StagedContent;
}
