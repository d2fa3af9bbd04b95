import { z } from 'zod';
import { errorClasses } from '../dead-letters/dead-letter';
import type { AcceptExecutionPorts } from '../executions/accept-executions';
import type { AcceptOne } from '../executions/accept-one';
import { cancelExecution, findExecution, type CancelPorts } from '../executions/cancel-execution';
import {
	isSettled,
	type NewExecution,
	origins,
	outcomes,
	statuses,
	type Attempt,
	type Execution,
} from '../executions/execution';
import type { ExecutionStore } from '../executions/execution-store';
import { retryExecution, type RetryPorts } from '../executions/retry-execution';
import type { Settlements } from '../executions/settlements';
import { requireEnvironment, type Actor } from './authenticate';
import {
	attemptSchema,
	exampleExecution,
	executionDetailSchema,
	executionDetailToWire,
	executionInput,
	executionSchema,
	executionToWire,
	toNewExecution,
} from './execution-schemas';
import { idCursor } from './id-cursor';
import { pageOf, pageQuery, toPage } from './paging';
import { type Route, defineRoute } from './route';
import { dateTime, environmentName, plainText } from './wire-schemas';

export type ExecutionsDependencies = CancelPorts &
	RetryPorts &
	AcceptExecutionPorts & {
		executions: ExecutionStore;
		settlements: Pick<Settlements, 'wait'>;
		/** As `acceptExecutions` for one; calls at the same time are written down together. */
		acceptOne: AcceptOne;
		/** The environment beside its own in which it would run workflows; null: none. @throws invalid_request */
		reaches(request: NewExecution): Promise<string | null>;
	};

const params = z.strictObject({ id: z.uuid() });
const example = { params: { id: exampleExecution.id }, response: exampleExecution };

export function executionsRoutes(ports: ExecutionsDependencies): Route[] {
	const detail = async (one: Execution) =>
		executionDetailToWire(one, await ports.executions.attemptsOf(one.id));
	/** Most were never tried, or once: that is known without asking. */
	const historyOf = async ({ id, attempts }: Execution, last: Attempt | null) => {
		if (attempts === 0) return [];
		return attempts === 1 && last ? [last] : await ports.executions.attemptsOf(id);
	};
	const reachable = async (id: string, actor: Actor) => {
		const found = await findExecution(ports, id);
		requireEnvironment(actor, found.environment);
		return found;
	};

	return [
		defineRoute({
			method: 'post',
			path: '/api/v1/executions',
			summary: 'Run a workflow',
			description:
				'Written down when this answers, and run as soon as its environment takes it. With `wait` the end is waited for: 200 when it is over by then, 202 otherwise.',
			role: ['operator', 'node'],
			environment: ({ body }) => body.environment,
			body: executionInput,
			responses: { 202: executionDetailSchema, 200: executionDetailSchema },
			errors: [
				'environment_not_found',
				'version_not_found',
				'workflow_invalid',
				'capability_missing',
				'idempotency_key_reused',
			],
			examples: {
				body: {
					environment: 'production',
					workflow: 'order-intake-00000010',
					payload: { order: 17 },
					idempotencyKey: 'order-17',
					tenant: 'acme',
					wait: 10,
				},
				response: exampleExecution,
			},
		}).handledBy(async ({ body, signal, actor }) => {
			const wanted = toNewExecution(body);
			const reached = await ports.reaches(wanted);
			if (reached !== null) requireEnvironment(actor, reached);
			const waitMs = (body.wait ?? 0) * 1000;
			const accepted = await ports.acceptOne(wanted, waitMs > 0);
			const { execution: now, attempt } = await ports.settlements.wait(accepted, waitMs, signal);
			const history = await historyOf(now, attempt);
			const answer = executionDetailToWire(now, history);
			return { status: isSettled(now.status) && waitMs > 0 ? 200 : 202, body: answer };
		}),
		defineRoute({
			method: 'get',
			path: '/api/v1/executions',
			summary: 'Executions, newest first',
			description:
				'What was accepted here and what the environments ran without us (origin `observed`). `search` finds a part of the name of the workflow or of the error.',
			role: ['viewer', 'node'],
			environment: 'handler',
			query: pageQuery({
				environment: environmentName.optional(),
				workflowId: plainText(200).optional(),
				status: z.enum(statuses).optional(),
				outcome: z.enum(outcomes).optional(),
				origin: z.enum(origins).optional(),
				errorClass: z.enum(errorClasses).optional(),
				failedNode: plainText(500).optional(),
				versionId: z.uuid().optional(),
				tenant: plainText(200).optional(),
				group: plainText(200).optional(),
				engineExecutionId: plainText(1_200).optional(),
				idempotencyKey: plainText(255).optional(),
				search: plainText(200).optional(),
				from: dateTime.optional(),
				before: dateTime.optional(),
			}),
			responses: { 200: pageOf(executionSchema) },
			examples: { response: { data: [summaryExample()], nextCursor: null } },
		}).handledBy(async ({ query, actor }) => {
			const { limit, cursor, from, before, group, ...filter } = query;
			const environment = filter.environment ?? actor.environment ?? undefined;
			if (environment !== undefined) requireEnvironment(actor, environment);
			const rows = await ports.executions.list(
				{
					...filter,
					...(environment ? { environment } : {}),
					...(group ? { groupId: group } : {}),
					...(from ? { acceptedFrom: new Date(from) } : {}),
					...(before ? { acceptedBefore: new Date(before) } : {}),
				},
				{ limit: limit + 1, after: idCursor(cursor) },
			);
			return { status: 200, body: toPage(rows.map(executionToWire), query, (row) => row.id) };
		}),
		defineRoute({
			method: 'get',
			path: '/api/v1/executions/{id}',
			summary: 'One execution with its payload, result and attempts',
			role: ['viewer', 'node'],
			environment: 'handler',
			params,
			responses: { 200: executionDetailSchema },
			errors: ['execution_not_found'],
			examples: example,
		}).handledBy(async ({ params: { id }, actor }) => ({
			status: 200,
			body: await detail(await reachable(id, actor)),
		})),
		defineRoute({
			method: 'get',
			path: '/api/v1/executions/{id}/attempts',
			summary: 'How often it was tried, and what came of it',
			role: ['viewer', 'node'],
			environment: 'handler',
			params,
			responses: { 200: z.object({ data: z.array(attemptSchema) }) },
			errors: ['execution_not_found'],
			examples: { params: example.params, response: { data: exampleExecution.history } },
		}).handledBy(async ({ params: { id }, actor }) => {
			const { history } = await detail(await reachable(id, actor));
			return { status: 200, body: { data: history } };
		}),
		defineRoute({
			method: 'post',
			path: '/api/v1/executions/{id}/cancel',
			summary: 'Cancel an execution',
			description:
				'A queued one never runs. One under way is stopped in n8n; when it ends before that, it has ended.',
			role: ['operator', 'node'],
			environment: 'handler',
			params,
			body: z.strictObject({}).prefault({}),
			responses: { 202: executionDetailSchema },
			errors: ['execution_not_found', 'execution_closed'],
			examples: { ...example, body: {} },
		}).handledBy(async ({ params: { id }, actor }) => {
			await reachable(id, actor);
			return { status: 202, body: await detail(await cancelExecution(ports, id)) };
		}),
		defineRoute({
			method: 'post',
			path: '/api/v1/executions/{id}/retry',
			summary: 'Run a failed or canceled execution again',
			description:
				'As a new execution with the same payload, from the beginning. Asked for twice it is one. When it succeeds, the dead letter of the first one is resolved.',
			role: ['operator', 'node'],
			environment: 'handler',
			params,
			body: z.strictObject({}).prefault({}),
			responses: { 202: executionDetailSchema },
			errors: ['execution_not_found', 'execution_not_retryable'],
			examples: { ...example, body: {} },
		}).handledBy(async ({ params: { id }, actor }) => {
			await reachable(id, actor);
			return { status: 202, body: await detail(await retryExecution(ports, id)) };
		}),
	];
}

function summaryExample() {
	const {
		payload: _payload,
		result: _result,
		resultTruncated: _truncated,
		policy: _policy,
		history: _history,
		...summary
	} = exampleExecution;
	return summary;
}
