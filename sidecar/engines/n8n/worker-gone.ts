import type { ExecutionDetailWire } from './execution-endpoints';

/** How n8n begins to tell, in queue mode, of what a worker died in (its MaxStalledCountError). */
const stalled = 'This execution failed to be processed too many times';
export const workerGone = {
	name: 'WorkflowCrashedError',
	message: 'Workflow did not finish: the worker of n8n that ran it is gone',
};

/** n8n calls that a failure, and drops its data: nobody knows how far it got. */
export function asCrashed(wire: ExecutionDetailWire): ExecutionDetailWire {
	const message = wire.data?.resultData?.error?.['message'];
	if (wire.status !== 'error' || typeof message !== 'string') return wire;
	if (!message.startsWith(stalled)) return wire;
	return { ...wire, status: 'crashed', data: { ...wire.data, resultData: { error: workerGone } } };
}

/** Whether it is so of one that was read. What it called ran in the same worker, and n8n goes on calling that running. */
export function isWorkerGone({ data }: ExecutionDetailWire): boolean {
	return data?.resultData?.error?.['message'] === workerGone.message;
}
