import { z } from 'zod';
import type {
	Alert as WireAlert,
	AlertChannel as WireChannel,
	AlertRule as WireRule,
} from '../contract/alerts';
import type { Alert, AlertRule } from '../alerts/alert-rule';
import type { AlertNotice } from '../alerts/alert-store';
import type { AlertChannel } from '../alerts/channel';
import { freeKey, milliseconds } from './key-schema';
import { quietHours } from './time-schemas';
import { dateTime, environmentName, plainText } from './wire-schemas';

const minimum = z.int().min(1).max(1_000_000);

const condition = z
	.discriminatedUnion('kind', [
		z.strictObject({
			kind: z.literal('failure-rate'),
			windowMs: milliseconds(1_000),
			above: z.number().min(0).max(1),
			minimum: minimum.default(5),
		}),
		z.strictObject({ kind: z.literal('dead-letters'), above: z.int().min(0) }),
		z.strictObject({ kind: z.literal('no-run-since'), ms: milliseconds(1_000) }),
		z.strictObject({
			kind: z.literal('too-slow'),
			windowMs: milliseconds(1_000),
			aboveMs: milliseconds(1),
			minimum: minimum.default(5),
		}),
		z.strictObject({ kind: z.literal('circuit-open'), key: plainText(200).default('*') }),
		z.strictObject({ kind: z.literal('drift') }),
		z.strictObject({ kind: z.literal('law-broken') }),
		z.strictObject({
			kind: z.literal('expired-letters'),
			windowMs: milliseconds(60_000),
			above: z.int().min(0).default(0),
		}),
		z.strictObject({
			kind: z.literal('stuck'),
			runningMs: milliseconds(1_000),
			overdueMs: milliseconds(1_000).default(300_000),
		}),
		z.strictObject({ kind: z.literal('webhook-gone') }),
		z.strictObject({
			kind: z.literal('unpublished'),
			withinMs: milliseconds(60_000).default(86_400_000),
		}),
		z.strictObject({ kind: z.literal('backlog'), aboveMs: milliseconds(1) }),
	])
	.meta({ id: 'AlertCondition' });

const severity = z.enum(['warning', 'critical']);

export const ruleInput = z
	.strictObject({
		condition,
		environment: environmentName.optional(),
		workflow: plainText(200).optional(),
		severity: severity.default('warning'),
		channels: z.array(freeKey).max(20),
		forMs: milliseconds(0).default(0),
		repeatMs: milliseconds(60_000).nullable().default(14_400_000),
		quietHours: quietHours.nullable().default(null),
		enabled: z.boolean().default(true),
	})
	.refine(
		(rule) =>
			rule.condition.kind !== 'no-run-since' ||
			(rule.environment !== undefined && rule.workflow !== undefined),
		{ error: 'expected environment and workflow: it watches one workflow', path: ['workflow'] },
	)
	.meta({ id: 'AlertRuleInput' });

export const ruleSchema = z
	.strictObject({
		name: z.string(),
		condition,
		environment: z.string().nullable(),
		workflow: z.string().nullable(),
		severity,
		channels: z.array(z.string()),
		forMs: z.number(),
		repeatMs: z.number().nullable(),
		quietHours: quietHours.nullable(),
		enabled: z.boolean(),
		createdAt: dateTime,
		updatedAt: dateTime,
	})
	.meta({ id: 'AlertRule' });

const httpUrl = z
	.string()
	.max(2_000)
	.refine((text) => /^https?:$/.test(URL.parse(text)?.protocol ?? ''), {
		error: 'expected an http or https URL',
	});

const smtpUrl = z
	.string()
	.max(2_000)
	.refine((text) => /^smtps?:$/.test(URL.parse(text)?.protocol ?? ''), {
		error: 'expected smtp://user:password@host:587 or smtps://',
	});

/** A line break would begin another header of the mail. */
const mailbox = z
	.string()
	.max(320)
	.regex(/^[^\s@<>,;]+@[^\s@<>,;]+$/, { error: 'expected a mail address' });

export const channelInput = z
	.discriminatedUnion('kind', [
		z.strictObject({
			kind: z.literal('webhook'),
			url: httpUrl,
			secret: z.string().min(16).max(1_000).optional(),
		}),
		z.strictObject({ kind: z.literal('slack'), url: httpUrl }),
		z.strictObject({
			kind: z.literal('email'),
			smtpUrl,
			from: mailbox,
			to: z.array(mailbox).min(1).max(50),
		}),
	])
	.meta({ id: 'AlertChannelInput' });

export const channelSchema = z
	.strictObject({
		name: z.string(),
		kind: z.enum(['webhook', 'slack', 'email']),
		to: z.string(),
		createdAt: dateTime,
		updatedAt: dateTime,
		secret: z.string().optional(),
	})
	.meta({ id: 'AlertChannel' });

export const alertSchema = z
	.strictObject({
		id: z.string(),
		rule: z.string(),
		cause: z.string(),
		environment: z.string().nullable(),
		severity,
		state: z.enum(['pending', 'firing', 'resolved']),
		summary: z.string(),
		since: dateTime,
		resolvedAt: dateTime.nullable(),
		notices: z.array(
			z.strictObject({
				channel: z.string(),
				kind: z.enum(['raised', 'repeated', 'resolved']),
				state: z.enum(['waiting', 'sent', 'failed']),
				attempts: z.number(),
				trouble: z.string().nullable(),
				at: dateTime,
			}),
		),
	})
	.meta({ id: 'Alert' });

export function ruleToWire({ createdAt, updatedAt, ...rule }: AlertRule): WireRule {
	return { ...rule, createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
}

export function channelToWire({ name, kind, to, createdAt, updatedAt }: AlertChannel): WireChannel {
	return {
		name,
		kind,
		to,
		createdAt: createdAt.toISOString(),
		updatedAt: updatedAt.toISOString(),
	};
}

export function alertToWire(alert: Alert, notices: AlertNotice[]): WireAlert {
	const { id, rule, cause, environment, severity, state, summary, since, resolvedAt } = alert;
	return {
		id,
		rule,
		cause,
		environment,
		severity,
		state,
		summary,
		since: since.toISOString(),
		resolvedAt: resolvedAt?.toISOString() ?? null,
		notices: notices.map((notice) => ({
			channel: notice.channel,
			kind: notice.kind,
			state: notice.state,
			attempts: notice.attempts,
			trouble: notice.trouble,
			at: notice.createdAt.toISOString(),
		})),
	};
}
