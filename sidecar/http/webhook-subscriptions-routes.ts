import { z } from 'zod';
import { type EndpointPorts, findEndpoint } from '../webhooks/put-endpoint';
import {
	findSubscription,
	putSubscription,
	subscriptionNotFound,
	type SubscriptionPorts,
} from '../webhooks/put-subscription';
import { pageOf, pageOfAll, pageQuery } from './paging';
import { type Route, defineRoute } from './route';
import { requireOwnSubscription, requireOwnTarget } from './subscription-access';
import {
	exampleSubscription,
	putSubscriptionSchema,
	subscriptionInput,
	subscriptionSchema,
	subscriptionToWire,
	webhookName,
} from './webhook-schemas';

export type SubscriptionsDependencies = SubscriptionPorts & Pick<EndpointPorts, 'endpoints'>;

const list = '/api/v1/webhooks/endpoints/{endpoint}/subscriptions';
const path = `${list}/{name}` as const;
const params = z.strictObject({ endpoint: webhookName, name: webhookName });
const example = {
	params: { endpoint: exampleSubscription.endpoint, name: exampleSubscription.name },
	response: exampleSubscription,
};

export function webhookSubscriptionsRoutes(ports: SubscriptionsDependencies): Route[] {
	return [
		defineRoute({
			method: 'get',
			path: list,
			summary: 'Subscriptions of an endpoint, by name',
			role: ['viewer', 'node'],
			environment: 'handler',
			params: z.strictObject({ endpoint: webhookName }),
			query: pageQuery({}),
			responses: { 200: pageOf(subscriptionSchema) },
			errors: ['webhook_endpoint_not_found'],
			examples: {
				params: { endpoint: exampleSubscription.endpoint },
				response: { data: [exampleSubscription], nextCursor: null },
			},
		}).handledBy(async ({ params: { endpoint }, query, actor }) => {
			requireOwnSubscription(actor, { endpoint, environment: actor.environment });
			await findEndpoint(ports, endpoint);
			const visible = (await ports.subscriptions.list(endpoint)).filter(
				({ environment }) => actor.environment === null || actor.environment === environment,
			);
			const page = pageOfAll(visible, query, ({ name }) => name);
			return { status: 200, body: { ...page, data: page.data.map(subscriptionToWire) } };
		}),
		defineRoute({
			method: 'get',
			path,
			summary: 'One subscription',
			role: ['viewer', 'node'],
			environment: 'handler',
			params,
			responses: { 200: subscriptionSchema },
			errors: ['webhook_subscription_not_found'],
			examples: example,
		}).handledBy(async ({ params: { endpoint, name }, actor }) => {
			requireOwnSubscription(actor, { endpoint, environment: actor.environment });
			const subscription = await findSubscription(ports, endpoint, name);
			requireOwnSubscription(actor, subscription);
			return { status: 200, body: subscriptionToWire(subscription) };
		}),
		defineRoute({
			method: 'put',
			path,
			summary: 'Subscribe, or change a subscription',
			description:
				'To a workflow of an environment, by the path of its webhook or by its id, or to an address, signed as Standard Webhooks says. `secret` of the answer is the one that was made, shown only here. A node token can subscribe webhooks of registered environments to the endpoint `orchestration`.',
			role: ['operator', 'node'],
			environment: 'handler',
			params,
			body: subscriptionInput,
			responses: { 200: putSubscriptionSchema, 201: putSubscriptionSchema },
			errors: [
				'webhook_endpoint_not_found',
				'environment_not_found',
				'address_not_allowed',
				'secret_unreadable',
			],
			examples: {
				params: example.params,
				body: {
					events: ['invoice.*'],
					filter: 'body.data.object.total >= 100',
					target: { environment: 'production', path: 'invoices' },
					ordered: true,
				},
				response: { ...exampleSubscription, secret: null },
			},
		}).handledBy(async ({ params: { endpoint, name }, body, actor, log }) => {
			requireOwnTarget(actor, endpoint, body.target, await ports.environments());
			await findEndpoint(ports, endpoint);
			const former = await ports.subscriptions.find(endpoint, name);
			if (former) requireOwnSubscription(actor, former);
			const { retry = {} } = body;
			const { subscription, created, madeSecret } = await putSubscription(ports, {
				endpoint,
				name,
				events: body.events ?? ['*'],
				filter: body.filter ?? null,
				environment: actor.environment ?? body.environment ?? null,
				target: body.target,
				secret: body.secret ?? null,
				ordered: body.ordered ?? false,
				concurrency: body.concurrency ?? 10,
				timeoutMs: body.timeoutMs ?? 15_000,
				retry: {
					maxAttempts: retry.maxAttempts ?? 20,
					baseDelayMs: retry.baseDelayMs ?? 1_000,
					maxDelayMs: retry.maxDelayMs ?? 3_600_000,
				},
				paused: body.paused ?? false,
				enabled: body.enabled ?? true,
			});
			log.info({ endpoint, subscription: name, actor: actor.name }, 'webhook subscription put');
			return {
				status: created ? 201 : 200,
				body: { ...subscriptionToWire(subscription), secret: madeSecret },
			};
		}),
		defineRoute({
			method: 'delete',
			path,
			summary: 'End a subscription',
			description: 'What it was not given yet is discarded.',
			role: ['operator', 'node'],
			environment: 'handler',
			params,
			responses: { 204: null },
			errors: ['webhook_subscription_not_found'],
			examples: { params: example.params },
		}).handledBy(async ({ params: { endpoint, name }, actor, log }) => {
			requireOwnSubscription(actor, { endpoint, environment: actor.environment });
			requireOwnSubscription(actor, await findSubscription(ports, endpoint, name));
			if (!(await ports.subscriptions.remove(endpoint, name))) {
				throw subscriptionNotFound(endpoint, name);
			}
			log.info({ endpoint, subscription: name, actor: actor.name }, 'webhook subscription removed');
			return { status: 204 };
		}),
	];
}
