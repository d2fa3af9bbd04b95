import { z } from 'zod';
import {
	type EndpointPorts,
	findEndpoint,
	putEndpoint,
	removeEndpoint,
} from '../webhooks/put-endpoint';
import { pageOf, pageOfAll, pageQuery } from './paging';
import { type Route, defineRoute } from './route';
import {
	endpointInput,
	endpointSchema,
	endpointToWire,
	exampleEndpoint,
	webhookName,
} from './webhook-schemas';

const path = '/api/v1/webhooks/endpoints/{name}';
const params = z.strictObject({ name: webhookName });
const example = { params: { name: exampleEndpoint.name }, response: exampleEndpoint };

/** Endpoints belong to no environment: a token for one only cannot see them. */
export function webhookEndpointsRoutes(ports: EndpointPorts): Route[] {
	return [
		defineRoute({
			method: 'get',
			path: '/api/v1/webhooks/endpoints',
			summary: 'Webhook endpoints, by name',
			role: ['viewer', 'node'],
			query: pageQuery({}),
			responses: { 200: pageOf(endpointSchema) },
			examples: { response: { data: [exampleEndpoint], nextCursor: null } },
		}).handledBy(async ({ query }) => {
			const page = pageOfAll(await ports.endpoints.list(), query, ({ name }) => name);
			return { status: 200, body: { ...page, data: page.data.map(endpointToWire) } };
		}),
		defineRoute({
			method: 'get',
			path,
			summary: 'One webhook endpoint',
			role: ['viewer', 'node'],
			params,
			responses: { 200: endpointSchema },
			errors: ['webhook_endpoint_not_found'],
			examples: example,
		}).handledBy(async ({ params: { name } }) => ({
			status: 200,
			body: endpointToWire(await findEndpoint(ports, name)),
		})),
		defineRoute({
			method: 'put',
			path,
			summary: 'Make a webhook endpoint, or change it',
			description:
				'What is absent takes its default; absent secrets stay as they are. Several secrets: any of them may have signed, so that a sender can be moved from one to the next.',
			role: 'admin',
			params,
			body: endpointInput,
			responses: { 200: endpointSchema, 201: endpointSchema },
			errors: ['webhook_endpoint_reserved', 'secret_unreadable'],
			examples: {
				...example,
				body: {
					scheme: 'stripe',
					secrets: ['the-signing-secret'],
					orderingKey: { path: 'data.object.customer' },
				},
			},
		}).handledBy(async ({ params: { name }, body, actor, log }) => {
			const { endpoint, created } = await putEndpoint(ports, { ...body, name });
			log.info({ endpoint: name, actor: actor.name }, 'webhook endpoint put');
			return { status: created ? 201 : 200, body: endpointToWire(endpoint) };
		}),
		defineRoute({
			method: 'delete',
			path,
			summary: 'Take in nothing more at an endpoint',
			description:
				'Its subscriptions go with it, and what they were not given yet is discarded. Its events stay until their time is over.',
			role: 'admin',
			params,
			responses: { 204: null },
			errors: ['webhook_endpoint_not_found', 'webhook_endpoint_reserved'],
			examples: { params: example.params },
		}).handledBy(async ({ params: { name }, actor, log }) => {
			await removeEndpoint(ports, name);
			log.info({ endpoint: name, actor: actor.name }, 'webhook endpoint removed');
			return { status: 204 };
		}),
	];
}
