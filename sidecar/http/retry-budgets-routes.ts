import type { RetryBudgetStore } from '../retry-budgets/retry-budget-store';
import { findRetryBudget, putRetryBudget, withdraw } from '../retry-budgets/use-retry-budgets';
import { keyParams } from './key-schema';
import { pageOf, pageQuery, toPage } from './paging';
import {
	exampleRetryBudget,
	grantedToWire,
	readRetryBudgetPolicy,
	retryBudgetPolicyInput,
	retryBudgetSchema,
	retryBudgetToWire,
	withdrawalAnswerSchema,
	withdrawalInput,
} from './retry-budget-schemas';
import { type Route, defineRoute } from './route';

const path = '/api/v1/retry-budgets/{key}';
const params = { params: { key: exampleRetryBudget.key } };
const example = { ...params, response: exampleRetryBudget };

/** Budgets belong to no environment: any token of the right role may use any of them. */
export function retryBudgetsRoutes(budgets: RetryBudgetStore): Route[] {
	const shown = async (key: string) => retryBudgetToWire(key, await findRetryBudget(budgets, key));
	return [
		defineRoute({
			method: 'get',
			path: '/api/v1/retry-budgets',
			summary: 'Retry budgets, by key',
			role: ['viewer', 'node'],
			environment: 'handler',
			query: pageQuery({}),
			responses: { 200: pageOf(retryBudgetSchema) },
			examples: { response: { data: [exampleRetryBudget], nextCursor: null } },
		}).handledBy(async ({ query }) => {
			const found = await budgets.list({ limit: query.limit + 1, after: query.cursor });
			const rows = found.map(({ key, row, now, updatedAt }) =>
				retryBudgetToWire(key, { budget: row, now, updatedAt }),
			);
			return { status: 200, body: toPage(rows, query, ({ key }) => key) };
		}),
		defineRoute({
			method: 'get',
			path,
			summary: 'One retry budget',
			role: ['viewer', 'node'],
			environment: 'handler',
			params: keyParams,
			responses: { 200: retryBudgetSchema },
			errors: ['retry_budget_not_found'],
			examples: example,
		}).handledBy(async ({ params: { key } }) => ({ status: 200, body: await shown(key) })),
		defineRoute({
			method: 'put',
			path,
			summary: 'Make a retry budget or change it',
			description: 'Holds from now on; what calls have paid for stays paid for.',
			role: 'operator',
			environment: 'handler',
			params: keyParams,
			body: retryBudgetPolicyInput.prefault({}),
			responses: { 200: retryBudgetSchema, 201: retryBudgetSchema },
			examples: { ...example, body: { ratio: 0.2, minPerSecond: 1, windowMs: 10_000 } },
		}).handledBy(async ({ params: { key }, body }) => {
			const { created } = await putRetryBudget(budgets, key, readRetryBudgetPolicy(body));
			return { status: created ? 201 : 200, body: await shown(key) };
		}),
		defineRoute({
			method: 'post',
			path: `${path}/withdrawals`,
			summary: 'Tell calls and ask for retries',
			description:
				'Grants as many of the retries as the budget of the whole fleet holds; these may be made now. A budget asked for the first time is made, with `policy` or the defaults.',
			role: ['operator', 'node'],
			environment: 'handler',
			params: keyParams,
			body: withdrawalInput,
			responses: { 200: withdrawalAnswerSchema },
			examples: {
				...params,
				body: { calls: 50, retries: 3 },
				response: { allowed: true, granted: 3 },
			},
		}).handledBy(async ({ params: { key }, body }) => {
			const granted = await withdraw(
				budgets,
				key,
				{ calls: body.calls ?? 0, retries: body.retries },
				body.policy ? readRetryBudgetPolicy(body.policy) : null,
			);
			return { status: 200, body: grantedToWire(granted, body.retries) };
		}),
	];
}
