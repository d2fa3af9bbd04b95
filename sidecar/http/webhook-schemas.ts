import { z } from 'zod';
import { intakeMethods, signatureSchemes, type Endpoint } from '../webhooks/endpoint';
import { longestFilter } from '../webhooks/filter';
import type { Subscription } from '../webhooks/subscription';
import { systemEndpoint } from '../webhooks/system-event';
import { longestPattern } from '../webhooks/wildcards';
import { dateTime, environmentName, plainText } from './wire-schemas';

export const webhookName = z
	.string()
	.regex(/^[a-z0-9][a-z0-9_.-]{0,99}$/, {
		error: 'expected lower-case letters, digits, dots, hyphens and underscores, at most 100',
	})
	.meta({ example: 'stripe' });

const headerName = z
	.string()
	.regex(/^[\w!#$%&'*+.^`|~-]{1,200}$/, { error: 'expected the name of a header' });

const headerValue = z
	.string()
	.regex(/^[\t\x20-\x7e]{0,4000}$/, { error: 'expected printable ASCII characters' });

const address = z
	.string()
	.max(2000)
	.refine((text) => /^https?:$/.test(URL.parse(text)?.protocol ?? ''), {
		error: 'expected an http or https URL',
	});

const source = z.union([
	z.strictObject({ header: headerName }),
	z.strictObject({ path: plainText(500) }),
]);

const seconds = (minimum: number, maximum: number) => z.int().min(minimum).max(maximum);

/** A year. */
const longest = 31_536_000;

export const endpointInput = z
	.strictObject({
		scheme: z.enum(signatureSchemes),
		secrets: z.array(plainText(4000)).max(20).optional(),
		signature: z
			.strictObject({
				header: headerName.optional(),
				algorithm: z.enum(['sha1', 'sha256', 'sha512']).optional(),
				encoding: z.enum(['hex', 'base64']).optional(),
				prefix: z.string().max(100).optional(),
				timestampHeader: headerName.optional(),
				separator: z.string().max(10).optional(),
			})
			.optional(),
		toleranceSeconds: seconds(1, 86_400).optional(),
		eventId: source.nullable().optional(),
		eventType: source.nullable().optional(),
		orderingKey: source.nullable().optional(),
		dedupWindowSeconds: seconds(0, longest).optional(),
		maxBytes: z.int().min(1).max(1_073_741_824).optional(),
		methods: z.array(z.enum(intakeMethods)).min(1).max(3).optional(),
		enabled: z.boolean().optional(),
		ttlSeconds: seconds(60, longest).optional(),
	})
	.meta({ id: 'WebhookEndpointInput' });

export const endpointSchema = z
	.strictObject({
		name: z.string(),
		path: z.string().nullable(),
		scheme: z.enum(signatureSchemes),
		secrets: z.int(),
		signature: z
			.strictObject({
				header: z.string().optional(),
				algorithm: z.enum(['sha1', 'sha256', 'sha512']).optional(),
				encoding: z.enum(['hex', 'base64']).optional(),
				prefix: z.string().optional(),
				timestampHeader: z.string().optional(),
				separator: z.string().optional(),
			})
			.nullable(),
		toleranceSeconds: z.int(),
		eventId: source.nullable(),
		eventType: source.nullable(),
		orderingKey: source.nullable(),
		dedupWindowSeconds: z.int(),
		maxBytes: z.int(),
		methods: z.array(z.enum(intakeMethods)),
		enabled: z.boolean(),
		ttlSeconds: z.int(),
		createdAt: dateTime,
		updatedAt: dateTime,
	})
	.meta({ id: 'WebhookEndpoint', description: 'Never carries a secret.' });

export const subscriptionInput = z
	.strictObject({
		events: z.array(plainText(longestPattern)).min(1).max(100).optional(),
		filter: plainText(longestFilter).nullable().optional(),
		environment: environmentName.nullable().optional(),
		target: z.union([
			z
				.strictObject({
					environment: environmentName,
					path: plainText(500).optional(),
					workflowId: plainText(200).optional(),
				})
				.refine(({ path, workflowId }) => (path === undefined) !== (workflowId === undefined), {
					error: 'expected either path or workflowId',
				}),
			z.strictObject({
				url: address,
				headers: z
					.record(headerName, headerValue)
					.refine((headers) => Object.keys(headers).length <= 50, {
						error: 'expected at most 50 headers',
					})
					.optional(),
				oauth2: z
					.strictObject({
						tokenUrl: address,
						clientId: plainText(1000),
						clientSecret: plainText(4000),
						scopes: z.array(plainText(200)).max(50).optional(),
					})
					.optional(),
			}),
		]),
		secret: plainText(500).optional(),
		ordered: z.boolean().optional(),
		concurrency: z.int().min(1).max(50).optional(),
		timeoutMs: z.int().min(100).max(120_000).optional(),
		retry: z
			.strictObject({
				maxAttempts: z.int().min(1).max(100).optional(),
				baseDelayMs: z.int().min(10).max(86_400_000).optional(),
				maxDelayMs: z.int().min(10).max(604_800_000).optional(),
			})
			.optional(),
		paused: z.boolean().optional(),
		enabled: z.boolean().optional(),
	})
	.meta({ id: 'WebhookSubscriptionInput' });

export const subscriptionSchema = z
	.strictObject({
		id: z.string(),
		endpoint: z.string(),
		name: z.string(),
		events: z.array(z.string()),
		filter: z.string().nullable(),
		environment: z.string().nullable(),
		target: z.union([
			z.strictObject({
				environment: z.string(),
				path: z.string().optional(),
				workflowId: z.string().optional(),
			}),
			z.strictObject({
				url: z.string(),
				headers: z.record(z.string(), z.string()),
				oauth2: z
					.strictObject({
						tokenUrl: z.string(),
						clientId: z.string(),
						scopes: z.array(z.string()),
					})
					.nullable(),
			}),
		]),
		ordered: z.boolean(),
		concurrency: z.int(),
		timeoutMs: z.int(),
		retry: z.strictObject({
			maxAttempts: z.int(),
			baseDelayMs: z.int(),
			maxDelayMs: z.int(),
		}),
		paused: z.boolean(),
		enabled: z.boolean(),
		createdAt: dateTime,
		updatedAt: dateTime,
	})
	.meta({ id: 'WebhookSubscription', description: 'Never carries a secret.' });

export const putSubscriptionSchema = subscriptionSchema
	.extend({ secret: z.string().nullable() })
	.meta({ id: 'PutWebhookSubscription' });

export function endpointToWire(endpoint: Endpoint): z.input<typeof endpointSchema> {
	const { name, format } = endpoint;
	return {
		name,
		path: name === systemEndpoint ? null : `/hooks/${name}`,
		scheme: endpoint.scheme,
		secrets: endpoint.secretCount,
		signature: format && {
			...(format.header === null ? {} : { header: format.header }),
			algorithm: format.algorithm,
			encoding: format.encoding,
			prefix: format.prefix,
			...(format.timestampHeader === null ? {} : { timestampHeader: format.timestampHeader }),
			separator: format.separator,
		},
		toleranceSeconds: endpoint.toleranceSeconds,
		eventId: endpoint.eventId,
		eventType: endpoint.eventType,
		orderingKey: endpoint.orderingKey,
		dedupWindowSeconds: endpoint.dedupWindowSeconds,
		maxBytes: endpoint.maxBytes,
		methods: endpoint.methods,
		enabled: endpoint.enabled,
		ttlSeconds: endpoint.ttlSeconds,
		createdAt: endpoint.createdAt.toISOString(),
		updatedAt: endpoint.updatedAt.toISOString(),
	};
}

export function subscriptionToWire(subscription: Subscription): z.input<typeof subscriptionSchema> {
	return {
		id: subscription.id,
		endpoint: subscription.endpoint,
		name: subscription.name,
		events: subscription.events,
		filter: subscription.filter,
		environment: subscription.environment,
		target: targetToWire(subscription.target),
		ordered: subscription.ordered,
		concurrency: subscription.concurrency,
		timeoutMs: subscription.timeoutMs,
		retry: subscription.retry,
		paused: subscription.paused,
		enabled: subscription.enabled,
		createdAt: subscription.createdAt.toISOString(),
		updatedAt: subscription.updatedAt.toISOString(),
	};
}

function targetToWire(target: Subscription['target']) {
	if (target.kind === 'url') {
		const { url, headerNames, oauth2 } = target;
		return { url, headers: Object.fromEntries(headerNames.map((name) => [name, '…'])), oauth2 };
	}
	const { environment, path, workflowId } = target;
	return {
		environment,
		...(path === null ? {} : { path }),
		...(workflowId === null ? {} : { workflowId }),
	};
}

export const exampleEndpoint: z.input<typeof endpointSchema> = {
	name: 'stripe',
	path: '/hooks/stripe',
	scheme: 'stripe',
	secrets: 1,
	signature: null,
	toleranceSeconds: 300,
	eventId: { path: 'id' },
	eventType: { path: 'type' },
	orderingKey: { path: 'data.object.customer' },
	dedupWindowSeconds: 86_400,
	maxBytes: 1_048_576,
	methods: ['POST'],
	enabled: true,
	ttlSeconds: 604_800,
	createdAt: '2031-04-01T12:00:00.000Z',
	updatedAt: '2031-04-01T12:00:00.000Z',
};

export const exampleSubscription: z.input<typeof subscriptionSchema> = {
	id: '0198c0de-0000-7000-8000-000000000051',
	endpoint: 'stripe',
	name: 'invoices',
	events: ['invoice.*'],
	filter: 'body.data.object.total >= 100',
	environment: null,
	target: { environment: 'production', path: 'invoices' },
	ordered: true,
	concurrency: 10,
	timeoutMs: 15_000,
	retry: { maxAttempts: 20, baseDelayMs: 1_000, maxDelayMs: 3_600_000 },
	paused: false,
	enabled: true,
	createdAt: '2031-04-01T12:00:00.000Z',
	updatedAt: '2031-04-01T12:00:00.000Z',
};
