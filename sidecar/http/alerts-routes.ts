import { z } from 'zod';
import type { AlertChannel as WireChannel, AlertRule as WireRule } from '../contract/alerts';
import {
	type ChannelPorts,
	findChannel,
	findRule,
	putChannel,
	removeChannel,
	removeRule,
} from '../alerts/use-alerts';
import {
	alertSchema,
	alertToWire,
	channelInput,
	channelSchema,
	channelToWire,
	ruleInput,
	ruleSchema,
	ruleToWire,
} from './alert-schemas';
import { freeKey } from './key-schema';
import { pageOf, pageQuery, toPage } from './paging';
import { type Route, defineRoute } from './route';
import { environmentName } from './wire-schemas';

export interface AlertRoutePorts extends ChannelPorts {
	/** A secret for a webhook channel. */
	newSecret(): string;
}

const params = z.strictObject({ name: freeKey });
const rulePath = '/api/v1/alerts/rules/{name}';
const channelPath = '/api/v1/alerts/channels/{name}';
const at = '2031-04-01T12:00:00.000Z';

const exampleRule: WireRule = {
	name: 'orders-fail',
	condition: { kind: 'failure-rate', windowMs: 900_000, above: 0.05, minimum: 20 },
	environment: 'production',
	workflow: null,
	severity: 'critical',
	channels: ['on-call'],
	forMs: 0,
	repeatMs: 14_400_000,
	quietHours: null,
	enabled: true,
	createdAt: at,
	updatedAt: at,
};

const exampleChannel: WireChannel = {
	name: 'on-call',
	kind: 'slack',
	to: 'hooks.slack.com',
	createdAt: at,
	updatedAt: at,
};

/** Rules may span environments: tokens for one environment are kept out. */
export function alertsRoutes(ports: AlertRoutePorts): Route[] {
	return [...ruleRoutes(ports), ...channelRoutes(ports), alertList(ports)];
}

function alertList({ alerts }: AlertRoutePorts): Route {
	return defineRoute({
		method: 'get',
		path: '/api/v1/alerts',
		summary: 'Alerts, newest first',
		description: 'One for each rule and cause, however many runs it has, with whom it was told.',
		role: 'viewer',
		query: pageQuery({
			rule: freeKey.optional(),
			state: z.enum(['pending', 'firing', 'resolved']).optional(),
			environment: environmentName.optional(),
		}),
		responses: { 200: pageOf(alertSchema) },
		examples: {
			response: {
				data: [
					{
						id: '01989f6e-5b0a-7c3e-9d43-0f5b8a1c2d3e',
						rule: 'orders-fail',
						cause: 'production/Zq81mPb2R7sT5cVn',
						environment: 'production',
						severity: 'critical',
						state: 'firing',
						summary:
							'7 of 40 executions of Orders in production failed in 15 min; allowed are 5 %.',
						since: at,
						resolvedAt: null,
						notices: [
							{ channel: 'on-call', kind: 'raised', state: 'sent', attempts: 1, trouble: null, at },
						],
					},
				],
				nextCursor: null,
			},
		},
	}).handledBy(async ({ query: { rule, state, environment, ...page } }) => {
		const filter = {
			...(rule === undefined ? {} : { rule }),
			...(state === undefined ? {} : { state }),
			...(environment === undefined ? {} : { environment }),
		};
		const found = await alerts.listAlerts(filter, { limit: page.limit + 1, after: page.cursor });
		const rows = found.map(({ alert, notices }) => alertToWire(alert, notices));
		return { status: 200, body: toPage(rows, page, ({ id }) => id) };
	});
}

function ruleRoutes({ alerts, clock }: AlertRoutePorts): Route[] {
	return [
		defineRoute({
			method: 'put',
			path: rulePath,
			summary: 'Say when to be told of trouble',
			description:
				'Looked at every 15 seconds. Told once for each cause, again while it holds after `repeatMs`, and when it is over. Critical ones are told in quiet hours too.',
			role: 'operator',
			params,
			body: ruleInput,
			responses: { 200: ruleSchema, 201: ruleSchema },
			errors: ['alert_channel_not_found'],
			examples: {
				params: { name: exampleRule.name },
				body: {
					condition: { kind: 'failure-rate', windowMs: 900_000, above: 0.05, minimum: 20 },
					environment: 'production',
					severity: 'critical',
					channels: ['on-call'],
				},
				response: exampleRule,
			},
		}).handledBy(async ({ params: { name }, body }) => {
			const now = clock.now();
			const { rule, created } = await alerts.putRule({
				...body,
				name,
				environment: body.environment ?? null,
				workflow: body.workflow ?? null,
				channels: [...new Set(body.channels)],
				createdAt: now,
				updatedAt: now,
			});
			return { status: created ? 201 : 200, body: ruleToWire(rule) };
		}),
		defineRoute({
			method: 'get',
			path: '/api/v1/alerts/rules',
			summary: 'Alert rules, by name',
			role: 'viewer',
			query: pageQuery({}),
			responses: { 200: pageOf(ruleSchema) },
			examples: { response: { data: [exampleRule], nextCursor: null } },
		}).handledBy(async ({ query }) => {
			const found = await alerts.listRules({ limit: query.limit + 1, after: query.cursor });
			return { status: 200, body: toPage(found.map(ruleToWire), query, ({ name }) => name) };
		}),
		defineRoute({
			method: 'get',
			path: rulePath,
			summary: 'One alert rule',
			role: 'viewer',
			params,
			responses: { 200: ruleSchema },
			errors: ['alert_rule_not_found'],
			examples: { params: { name: exampleRule.name }, response: exampleRule },
		}).handledBy(async ({ params: { name } }) => ({
			status: 200,
			body: ruleToWire(await findRule(alerts, name)),
		})),
		defineRoute({
			method: 'delete',
			path: rulePath,
			summary: 'Remove a rule and its alerts',
			role: 'operator',
			params,
			responses: { 204: null },
			errors: ['alert_rule_not_found'],
			examples: { params: { name: exampleRule.name } },
		}).handledBy(async ({ params: { name } }) => {
			await removeRule(alerts, name);
			return { status: 204 };
		}),
	];
}

function channelRoutes(ports: AlertRoutePorts): Route[] {
	const { alerts } = ports;
	return [
		defineRoute({
			method: 'put',
			path: channelPath,
			summary: 'Say where alerts go',
			description:
				'A webhook is signed by Standard Webhooks; its secret is shown once when it is made. What is secret in a channel is sealed and never shown again. Private addresses must be allowed.',
			role: 'operator',
			params,
			body: channelInput,
			responses: { 200: channelSchema, 201: channelSchema },
			errors: ['address_not_allowed'],
			examples: {
				params: { name: exampleChannel.name },
				body: { kind: 'slack', url: 'https://hooks.slack.com/services/T0/B0/secret' },
				response: exampleChannel,
			},
		}).handledBy(async ({ params: { name }, body }) => {
			const made = body.kind === 'webhook' && !body.secret ? ports.newSecret() : null;
			const target =
				body.kind === 'webhook' ? { ...body, secret: body.secret ?? made ?? '' } : body;
			const { channel, created } = await putChannel(ports, name, target);
			const shown = { ...channelToWire(channel), ...(made === null ? {} : { secret: made }) };
			return { status: created ? 201 : 200, body: shown };
		}),
		defineRoute({
			method: 'get',
			path: '/api/v1/alerts/channels',
			summary: 'Alert channels, by name',
			role: 'viewer',
			query: pageQuery({}),
			responses: { 200: pageOf(channelSchema) },
			examples: { response: { data: [exampleChannel], nextCursor: null } },
		}).handledBy(async ({ query }) => {
			const found = await alerts.listChannels({ limit: query.limit + 1, after: query.cursor });
			return { status: 200, body: toPage(found.map(channelToWire), query, ({ name }) => name) };
		}),
		defineRoute({
			method: 'get',
			path: channelPath,
			summary: 'One alert channel',
			role: 'viewer',
			params,
			responses: { 200: channelSchema },
			errors: ['alert_channel_not_found'],
			examples: { params: { name: exampleChannel.name }, response: exampleChannel },
		}).handledBy(async ({ params: { name } }) => ({
			status: 200,
			body: channelToWire(await findChannel(alerts, name)),
		})),
		defineRoute({
			method: 'delete',
			path: channelPath,
			summary: 'Remove a channel',
			role: 'operator',
			params,
			responses: { 204: null },
			errors: ['alert_channel_not_found', 'alert_channel_in_use'],
			examples: { params: { name: exampleChannel.name } },
		}).handledBy(async ({ params: { name } }) => {
			await removeChannel(alerts, name);
			return { status: 204 };
		}),
	];
}
