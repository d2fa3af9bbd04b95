import type { INodeExecutionData } from 'n8n-workflow';

import type { ErrorFacts } from '../shared/error-facts';

/** One call of the sub-workflow. */
export interface Run {
	workflowId: string;
	/** Of the input, in its order. */
	indexes: number[];
}

/** How a run ended. One that is not among the ends was not begun, or was not waited for. */
export type RunEnd =
	| { kind: 'succeeded'; items: INodeExecutionData[]; executionId?: string }
	| {
			kind: 'failed';
			error: ErrorFacts;
			attempts: number;
			reason: string;
			executionId?: string;
	  }
	/** It could not be run at all. */
	| { kind: 'refused'; error: unknown };

/** By the place of the run. */
export type RunEnds = Map<number, RunEnd>;
