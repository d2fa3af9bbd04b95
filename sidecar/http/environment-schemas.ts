import { z } from 'zod';
import type { Environment as WireEnvironment } from '../contract/environments';
import {
	defaultDeadLetterRules,
	type Environment,
	type TemporalPlace,
} from '../environments/environment';
import { protectionInput, protectionSchema, protectionToWire } from './protection-schemas';
import { dateTime, plainText } from './wire-schemas';

const engine = z.enum(['n8n', 'temporal']);

const address = z
	.string()
	.max(2000)
	.refine(isPlainUrl, {
		error: 'expected an http or https URL without user, query and fragment',
	})
	.meta({ example: 'https://n8n.example.com' });

/** Visible ASCII: it travels in a header. */
const headerSecret = z
	.string()
	.regex(/^[\x21-\x7e]{1,4000}$/, { error: 'expected visible ASCII characters without spaces' });

const deadLetterRules = z
	.strictObject({
		follow: z.boolean().optional(),
		autoReplay: z.boolean().optional(),
		maxAttempts: z.int().min(1).max(100).optional(),
		baseDelayMs: z.int().min(100).max(86_400_000).optional(),
		maxDelayMs: z.int().min(100).max(604_800_000).optional(),
		ttlSeconds: z.int().min(60).max(31_536_000).optional(),
	})
	.refine(
		({
			baseDelayMs = defaultDeadLetterRules.baseDelayMs,
			maxDelayMs = defaultDeadLetterRules.maxDelayMs,
		}) => baseDelayMs <= maxDelayMs,
		{ error: 'expected baseDelayMs to be at most maxDelayMs', path: ['maxDelayMs'] },
	);

const pem = plainText(100_000).refine((text) => text.includes('-----BEGIN '), {
	error: 'expected PEM, which begins with -----BEGIN',
});

const temporalInput = z
	.strictObject({
		namespace: plainText(1000).optional().meta({ description: 'Default `default`.' }),
		taskQueue: plainText(1000).optional().meta({
			description:
				'Where the workers of workflows poll that are named without a queue. A workflow is `type@taskQueue`.',
		}),
		tls: z
			.strictObject({
				serverName: plainText(500).optional(),
				ca: pem.optional(),
				certificate: pem.optional(),
				key: pem.optional(),
			})
			.refine(({ certificate, key }) => (certificate === undefined) === (key === undefined), {
				error: 'expected certificate and key, or neither',
				path: ['key'],
			})
			.optional(),
	})
	.meta({ id: 'TemporalInput' });

export const environmentInput = z
	.strictObject({
		engine,
		baseUrl: address.meta({
			description:
				'n8n: origin and path prefix of the instance, without /api/v1. Temporal: http://host:port of its front end, https with TLS.',
		}),
		apiKey: headerSecret.optional().meta({
			description:
				'n8n public API key, or API key of Temporal Cloud. Left out on a known environment: the kept one stays.',
		}),
		oauth2: z
			.strictObject({
				tokenUrl: address,
				clientId: plainText(1000),
				clientSecret: plainText(4000),
				scopes: z.array(plainText(200)).max(50).optional(),
			})
			.optional(),
		temporal: temporalInput.optional(),
		stage: z
			.union([z.enum(['dev', 'staging', 'production']), z.int().min(0).max(1_000_000)])
			.meta({ description: 'Promotions go up: dev is 10, staging 20, production 30.' }),
		protected: z
			.union([z.boolean(), protectionInput])
			.optional()
			.meta({ description: 'True: changed only by promotions. Rules: also by these.' }),
		deadLetters: deadLetterRules.optional(),
	})
	.refine(({ engine: kind, temporal }) => kind === 'temporal' || temporal === undefined, {
		error: 'expected it only where engine is temporal',
		path: ['temporal'],
	})
	.refine(({ engine: kind, oauth2 }) => kind === 'n8n' || oauth2 === undefined, {
		error: 'expected an apiKey or temporal.tls: Temporal takes no oauth2',
		path: ['oauth2'],
	})
	.refine(({ engine: kind, baseUrl }) => kind === 'n8n' || URL.parse(baseUrl)?.pathname === '/', {
		error:
			'expected http://host:port or https://host:port without a path, e.g. https://orders.a1b2c.tmprl.cloud:7233',
		path: ['baseUrl'],
	})
	.meta({ id: 'EnvironmentInput' });

export const environmentSchema = z
	.strictObject({
		name: z.string(),
		engine,
		baseUrl: z.string(),
		stage: z.number(),
		protected: z.union([z.boolean(), protectionSchema]),
		access: z.strictObject({ apiKey: z.boolean(), oauth2: z.boolean() }),
		temporal: z
			.strictObject({
				namespace: z.string(),
				taskQueue: z.string().nullable(),
				tls: z.strictObject({
					serverName: z.string().nullable(),
					ca: z.boolean(),
					clientCertificate: z.boolean(),
				}),
			})
			.optional(),
		deadLetters: z.strictObject({
			follow: z.boolean(),
			autoReplay: z.boolean(),
			maxAttempts: z.number(),
			baseDelayMs: z.number(),
			maxDelayMs: z.number(),
			ttlSeconds: z.number(),
		}),
		createdAt: dateTime,
		updatedAt: dateTime,
	})
	.meta({ id: 'Environment', description: 'Never carries a secret.' });

export const environmentCheckSchema = z
	.strictObject({
		environment: z.string(),
		reachable: z.boolean(),
		ok: z.boolean(),
		version: z.string().nullable(),
		findings: z.array(z.strictObject({ name: z.string(), ok: z.boolean(), message: z.string() })),
	})
	.meta({ id: 'EnvironmentCheck' });

export const exampleEnvironment: WireEnvironment = {
	name: 'production',
	engine: 'n8n',
	baseUrl: 'https://n8n.example.com',
	stage: 30,
	protected: true,
	access: { apiKey: true, oauth2: false },
	deadLetters: defaultDeadLetterRules,
	createdAt: '2031-04-01T12:00:00.000Z',
	updatedAt: '2031-04-01T12:00:00.000Z',
};

export function environmentToWire(environment: Environment): WireEnvironment {
	const { follow, autoReplay, maxAttempts, baseDelayMs, maxDelayMs, ttlSeconds } =
		environment.deadLetters;
	return {
		name: environment.name,
		engine: environment.engine,
		baseUrl: environment.baseUrl,
		stage: environment.stage,
		protected:
			environment.protected && environment.protection
				? protectionToWire(environment.protection)
				: environment.protected,
		access: { apiKey: environment.access.apiKey, oauth2: environment.access.oauth2 },
		...(environment.temporal ? { temporal: temporalToWire(environment.temporal) } : {}),
		deadLetters: { follow, autoReplay, maxAttempts, baseDelayMs, maxDelayMs, ttlSeconds },
		createdAt: environment.createdAt.toISOString(),
		updatedAt: environment.updatedAt.toISOString(),
	};
}

function temporalToWire({ namespace, taskQueue, serverName, tls }: TemporalPlace) {
	return { namespace, taskQueue, tls: { serverName, ...tls } };
}

function isPlainUrl(text: string): boolean {
	const url = URL.parse(text);
	return (
		url !== null &&
		/^https?:$/.test(url.protocol) &&
		url.username === '' &&
		url.password === '' &&
		!/[?#]/.test(text)
	);
}
