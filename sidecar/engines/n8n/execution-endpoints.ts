import { z } from 'zod';
import { executionStatuses, type ExecutionStatus } from '../port/execution';
import { readPages } from './paging';
import { asCrashed } from './worker-gone';
import type { N8nTransport } from './transport';
import { graphWire } from './workflow-endpoints';

const id = z.union([z.string(), z.number()]).transform(String);
const status = z.enum(executionStatuses).catch('unknown');

const executionWire = z.looseObject({
	id,
	workflowId: id,
	status,
	mode: z.string().nullish(),
	retryOf: id.nullish(),
	retrySuccessId: id.nullish(),
	startedAt: z.string().nullish(),
	stoppedAt: z.string().nullish(),
	waitTill: z.string().nullish(),
});
export type ExecutionWire = z.infer<typeof executionWire>;

const subExecution = z.looseObject({ executionId: id, workflowId: id });
const metadata = z.looseObject({ subExecution: subExecution.nullish().catch(null) }).nullish();
const item = z.looseObject({
	json: z.record(z.string(), z.unknown()).catch({}),
	binary: z.record(z.string(), z.unknown()).nullish(),
	metadata,
});
/** Data by connection type, input or output index, item. */
const ports = z.record(z.string(), z.array(z.array(item).nullish()).nullish());
const origin = z.looseObject({
	previousNode: z.string(),
	previousNodeOutput: z.number().nullish(),
	previousNodeRun: z.number().nullish(),
});
const nodeRun = z.looseObject({
	source: z.array(origin.nullish()).nullish(),
	executionIndex: z.number().nullish(),
	executionStatus: z.string().nullish(),
	data: ports.nullish(),
	error: z.looseObject({}).nullish(),
	metadata,
});
const stackEntry = z.looseObject({
	node: z.looseObject({ name: z.string() }),
	data: ports.nullish(),
	source: z.looseObject({ main: z.array(origin.nullish()).nullish() }).nullish(),
});

const executionDataWire = z.looseObject({
	resultData: z
		.looseObject({
			error: z.looseObject({}).nullish(),
			runData: z.record(z.string(), z.array(nodeRun)).nullish(),
			lastNodeExecuted: z.string().nullish(),
		})
		.nullish(),
	executionData: z
		.looseObject({
			nodeExecutionStack: z.array(stackEntry).nullish(),
			runtimeData: z
				.looseObject({ triggerNode: z.looseObject({ name: z.string() }).nullish() })
				.nullish(),
		})
		.nullish(),
	parentExecution: z.looseObject({ executionId: id, workflowId: id }).nullish(),
});
export type ExecutionDataWire = z.infer<typeof executionDataWire>;
export type ItemWire = z.infer<typeof item>;
export type NodeRunWire = z.infer<typeof nodeRun>;

export const executionDetailWire = executionWire.extend({
	tracingContext: z.looseObject({ traceparent: z.string().nullish() }).nullish(),
	data: executionDataWire.nullish(),
	workflowData: graphWire
		.extend({
			name: z.string().nullish(),
			settings: z.record(z.string(), z.unknown()).nullish(),
		})
		.nullish(),
});
export type ExecutionDetailWire = z.infer<typeof executionDetailWire>;

const root = '/api/v1/executions';
const pathOf = (executionId: string): string => `${root}/${encodeURIComponent(executionId)}`;
const subject = (executionId: string): string => `execution "${executionId}"`;

const listMeaning = { scope: 'execution:list' };

/** Newest first, with times in our clock. Without a status n8n leaves out what it is running right now. */
export async function listExecutions(
	transport: N8nTransport,
	filter: { status?: ExecutionStatus; workflowId?: string; startedAfter?: string },
	options: { limit?: number; until?: (execution: ExecutionWire) => boolean },
): Promise<ExecutionWire[]> {
	const found = await readPages(
		transport,
		{
			method: 'GET',
			path: root,
			query: await inItsTime(transport, filter),
			meaning: listMeaning,
		},
		executionWire,
		options,
	);
	return found.map((one) => inOurTime(transport, one));
}

async function inItsTime<Filter extends { startedAfter?: string }>(
	transport: N8nTransport,
	filter: Filter,
): Promise<Filter> {
	const { startedAfter } = filter;
	if (startedAfter === undefined) return filter;
	const { instanceClock } = transport;
	if (!instanceClock.isKnown) {
		const query = { limit: 1 };
		await transport.accepted({ method: 'GET', path: root, query, meaning: listMeaning });
	}
	return { ...filter, startedAfter: instanceClock.since(startedAfter) };
}

function inOurTime<Wire extends ExecutionWire>({ instanceClock }: N8nTransport, wire: Wire): Wire {
	const ours = (time: string | null | undefined) => time && instanceClock.toOurs(time);
	const { startedAt, stoppedAt, waitTill } = wire;
	return {
		...wire,
		startedAt: ours(startedAt),
		stoppedAt: ours(stoppedAt),
		waitTill: ours(waitTill),
	};
}

/** With times in our clock. @param includeData with what flowed through it; much larger */
export async function getExecution(
	transport: N8nTransport,
	executionId: string,
	includeData: boolean,
): Promise<ExecutionDetailWire> {
	const wire = await transport.json(
		{
			method: 'GET',
			path: pathOf(executionId),
			query: { includeData },
			meaning: {
				notFound: 'execution_not_found',
				subject: subject(executionId),
				scope: 'execution:read',
			},
		},
		executionDetailWire,
	);
	return inOurTime(transport, asCrashed(wire));
}

/** Answers when the retry has ended, also when it failed. */
export async function retryExecution(
	transport: N8nTransport,
	executionId: string,
	timeoutMs: number,
): Promise<ExecutionDetailWire> {
	return await transport.json(
		{
			method: 'POST',
			path: `${pathOf(executionId)}/retry`,
			body: { loadWorkflow: false },
			timeoutMs,
			longRunning: true,
			meaning: {
				notFound: 'execution_not_found',
				subject: `the retry of ${subject(executionId)}`,
				scope: 'execution:retry',
			},
		},
		executionDetailWire,
	);
}

export async function stopExecution(transport: N8nTransport, executionId: string): Promise<void> {
	await transport.accepted({
		method: 'POST',
		path: `${pathOf(executionId)}/stop`,
		meaning: {
			notFound: 'execution_not_found',
			subject: subject(executionId),
			scope: 'execution:stop',
		},
	});
}
