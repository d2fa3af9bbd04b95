import { createHash } from 'node:crypto';

import type { IExecuteFunctions } from 'n8n-workflow';

import { runIndexOf } from './run-index';

/**
 * The same for a repeated try of one call (ours, or the node's own Retry On Fail), different for
 * every other call: execution, node, run, item, and what is asked.
 */
export function idempotencyKey(
	context: IExecuteFunctions,
	request: { path: string; body?: object | undefined; attempt?: number | undefined },
	itemIndex: number,
): string {
	const parts = [
		context.getExecutionId(),
		context.getNode().id,
		runIndexOf(context),
		itemIndex,
		request.path,
		request.body ?? null,
		...(request.attempt ? [request.attempt] : []),
	];
	return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
