import { defaultPolicy, type Execution } from '../../../sidecar/executions/execution';
import type {
	ClaimOrder,
	ExecutionRequest,
	ExecutionStep,
} from '../../../sidecar/executions/execution-store';
import type { Observed } from '../../../sidecar/executions/history-store';
import { newId } from '../../../sidecar/kernel/ids';
import { newTraceparent } from '../../../sidecar/kernel/traceparent';

export const request = (given: Partial<ExecutionRequest> = {}): ExecutionRequest => ({
	id: newId(),
	environment: 'dev',
	workflowId: 'orders',
	workflowName: null,
	status: 'queued',
	outcome: null,
	origin: 'api',
	retryOf: null,
	tenant: null,
	priority: 0,
	idempotencyKey: null,
	inputDigest: 'digest',
	groupId: given.group?.id ?? null,
	group: null,
	versionId: null,
	wantedVersion: null,
	engineExecutionId: null,
	mode: null,
	attempts: 0,
	dueAt: null,
	deadline: null,
	cancelRequested: false,
	error: null,
	errorClass: null,
	letterId: null,
	acceptedAt: new Date(),
	startedAt: null,
	finishedAt: null,
	shownInput: { payload: { order: 1 } },
	sealedInput: null,
	policy: defaultPolicy,
	result: null,
	resultTruncated: false,
	...given,
});

export const many = (count: number, given: Partial<ExecutionRequest> = {}) =>
	Array.from({ length: count }, () => request(given));

export const order = (given: Partial<ClaimOrder> = {}): ClaimOrder => ({
	owner: 'me',
	ttlMs: 60_000,
	slots: new Map(),
	otherwise: 100,
	newTraceparent,
	...given,
});

export const succeeded: ExecutionStep = {
	to: 'succeeded',
	result: { value: [1], truncated: false },
};

export const failure = {
	error: { node: 'Call', name: 'Error', message: 'no\0 good', description: null, httpStatus: 500 },
	errorClass: 'transient' as const,
};

export const ids = (some: Array<{ execution: Execution }>) =>
	some.map(({ execution }) => execution.id);

export const observed = (engineExecutionId: string, given: Partial<Observed> = {}): Observed => ({
	id: newId(),
	workflowId: 'orders',
	workflowName: 'Orders',
	engineExecutionId,
	mode: 'webhook',
	status: 'succeeded',
	outcome: 'success',
	startedAt: new Date(),
	finishedAt: new Date(),
	...given,
});
