import type { components } from '../../api/schema';

export type Execution = components['schemas']['Execution'];
export type ExecutionDetail = components['schemas']['ExecutionDetail'];

export const statuses = [
	'queued',
	'running',
	'waiting',
	'in-doubt',
	'succeeded',
	'failed',
	'canceled',
] as const;
export const origins = ['api', 'retry', 'join', 'webhook', 'observed'] as const;

export const isOver = ({ status }: Pick<Execution, 'status'>) =>
	['succeeded', 'failed', 'canceled'].includes(status);
/** What was only observed belongs to n8n; ours may be canceled while it is not over. */
export const canCancel = (execution: Execution) =>
	!isOver(execution) && execution.origin !== 'observed';
export const canRetry = (execution: Execution) =>
	['failed', 'canceled'].includes(execution.status) && execution.origin !== 'observed';

export const originWords: Record<string, string> = {
	api: 'asked for by the API',
	retry: 'a retry',
	join: 'a child of a fan-out',
	webhook: 'a webhook event',
	observed: 'started in n8n itself',
};
