import type { ExecuteWorkflowData, IExecuteFunctions } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import { factsFrom } from '../error-facts';
import { waitInProcess } from '../waiting';
import { asFacts, type FailedRun } from './failed-run';

/** What a run that waited gave out in the end. */
export type EndOfRun = { kind: 'succeeded'; data: ExecuteWorkflowData['data'] } | FailedRun;

/** Looks until a run that waits has ended: often at first, then every 5 s; no more once `given up`. */
export async function endOfWaiting(
	context: IExecuteFunctions,
	executionId: string,
	itemIndex: number,
	givenUp: () => boolean,
): Promise<EndOfRun | undefined> {
	for (let pauseMs = 250; !givenUp(); pauseMs = Math.min(5000, pauseMs * 1.5)) {
		await waitInProcess(context, pauseMs, itemIndex);
		const record = await context.getExecutionDataById(executionId);
		if (!record) {
			const message = `The execution ${executionId} waited and was gone when it had ended`;
			throw new NodeOperationError(context.getNode(), message, {
				itemIndex,
				description: 'Let that workflow save its successful and failed executions.',
			});
		}
		const { resultData, executionData, waitTill } = record;
		const { error, lastNodeExecuted: last } = resultData;
		if (waitTill && !error) continue;
		if (error) {
			const facts = factsFrom(...(last ? [{ node: last }] : []), asFacts(error));
			return { kind: 'failed', error: facts, executionId };
		}
		if ((executionData?.nodeExecutionStack.length ?? 0) > 0) continue;
		return {
			kind: 'succeeded',
			data: resultData.runData[last ?? '']?.at(-1)?.data?.['main'] ?? [],
		};
	}
	return undefined;
}
