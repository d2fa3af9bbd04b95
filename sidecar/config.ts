import { resolve } from 'node:path';
import { z } from 'zod';
import { isSchedule } from './drift/schedule';
import { isAddressRule } from './environments/address-rules';
import { readKey } from './environments/sealing';
import type { Site } from './http/site';
import { OrchestrationError } from './kernel/errors';
import { type LogLevel, logLevels } from './monitoring/log';
import { list, setting, type Setting, whole } from './setting';
import { workerSettings } from './worker-settings';
import type { ProviderSettings } from './sessions/oidc/provider';
import {
	isProviderName,
	isProviderVariable,
	readProviders,
} from './sessions/oidc/provider-settings';
import type { SessionTimes } from './sessions/session';
import { invalid, noPublicUrl, type WrongSetting, wrongSetting } from './wrong-settings';

/** Everything the process is told from outside. Read once, at start. */
export interface Config {
	port: number;
	host: string;
	/** Null: an embedded Postgres in the data folder. */
	databaseUrl: string | null;
	/** Absolute path. */
	dataDir: string;
	/** The first seals, all open. Null: the key kept in the data folder (`ensureKeyFile`). */
	encryptionKeys: Buffer[] | null;
	/** Null: made at first start. */
	adminToken: string | null;
	bodyLimitBytes: number;
	/** Host names, addresses and CIDR ranges that may be private. */
	allowedAddresses: string[];
	/** Public keys, 32 bytes as base64, whose release files are taken in like our own. */
	trustedSigners: string[];
	logLevel: LogLevel;
	/** How often each environment's executions are looked at. */
	followIntervalSeconds: number;
	/** Most parked executions of one environment woken at once by this process. */
	resumesAtOnce: number;
	/** How long settled executions are kept. */
	historyRetentionDays: number;
	/** How long dead letters are kept once they are resolved, discarded or expired. */
	letterRetentionDays: number;
	/** What of payloads and results is not shown. */
	redactionRules: string[];
	/** When environments without a rule are compared with what was promoted; five cron fields in UTC, or off. */
	driftSchedule: string;
	/** Where a worker answers for its health. */
	workerPort: number;
	/** Attempts that a worker waits for at the same time, in each environment. */
	workerAtOnce: number;
	/** Whose orchestrations a worker runs; null: of all environments whose engine is temporal. */
	workerEnvironments: string[] | null;
	/** How the sidecar is seen from outside. */
	site: Site;
	sessionTimes: SessionTimes;
	identityProviders: ProviderSettings[];
	/** Variables that look like ours and are not: a typo, most likely. */
	unknownSettings: string[];
}

const settings = {
	PORT: setting({
		schema: whole(0, 65_535).default(5680),
		expected: 'a whole number from 0 (any free port) to 65535',
		remedy: 'unset it for 5680',
	}),
	HOST: setting({
		schema: z
			.string()
			.regex(/^[\w.:%-]+$/)
			.default('127.0.0.1'),
		expected: 'a host name or address to listen on',
		remedy: 'unset it for 127.0.0.1, or use 0.0.0.0 to be reached from outside',
	}),
	DATABASE_URL: setting({
		schema: z.string().refine(isDatabaseUrl).nullable().default(null),
		expected: 'postgres://user:password@host:port/database',
		remedy: 'correct it, or unset it to use the embedded Postgres',
		secret: true,
	}),
	ORCHESTRATION_DATA_DIR: setting({
		schema: z
			.string()
			.refine((path) => !path.includes('\0'))
			.default('./.orchestration')
			.transform((path) => resolve(path)),
		expected: 'a folder',
		remedy: 'unset it for ./.orchestration',
	}),
	ORCHESTRATION_ENCRYPTION_KEY: setting({
		schema: list((entry) => readKey(entry) !== null)
			.transform((entries) => entries.flatMap((entry) => readKey(entry) ?? []))
			.nullable()
			.default(null),
		expected: '32 random bytes in base64 or hex; several with commas, the first seals',
		remedy: 'make one with `openssl rand -base64 32`, or unset it to keep one in the data folder',
		secret: true,
	}),
	ORCHESTRATION_ADMIN_TOKEN: setting({
		schema: z
			.string()
			.regex(/^[\x21-\x7e]{16,512}$/)
			.nullable()
			.default(null),
		expected: 'at least 16 printable ASCII characters without spaces',
		remedy: 'make one with `openssl rand -hex 32`, or unset it to have one made at first start',
		secret: true,
	}),
	ORCHESTRATION_BODY_LIMIT: setting({
		schema: whole(1024, 1_073_741_824).default(16 * 1024 * 1024),
		expected: 'a whole number of bytes from 1024 to 1073741824',
		remedy: 'unset it for 16777216 (16 MB)',
	}),
	ORCHESTRATION_ALLOWED_ADDRESSES: setting({
		schema: list(isAddressRule).default(['localhost', '127.0.0.0/8', '::1']),
		expected: 'host names, addresses or CIDR ranges with commas between',
		remedy: 'write it like `n8n.internal,10.0.0.0/8`, or unset it for localhost only',
	}),
	ORCHESTRATION_TRUSTED_SIGNERS: setting({
		schema: list((entry) => readKey(entry) !== null).default([]),
		expected: 'public keys of 32 bytes in base64 with commas between',
		remedy:
			"take them from `publicKey` of the other sidecar's GET /api/v1/signing-key, or unset it to trust only its own",
	}),
	LOG_LEVEL: setting({
		schema: z.enum(logLevels).default('info'),
		expected: `one of ${logLevels.join(', ')}`,
		remedy: 'unset it for info',
	}),
	FOLLOW_INTERVAL: setting({
		schema: whole(1, 3600).default(5),
		expected: 'a whole number of seconds from 1 to 3600',
		remedy: 'unset it for 5',
	}),
	RESUMES_AT_ONCE: setting({
		schema: whole(1, 100).default(8),
		expected: 'a whole number from 1 to 100',
		remedy: 'unset it for 8',
	}),
	HISTORY_RETENTION_DAYS: setting({
		schema: whole(1, 3650).default(14),
		expected: 'a whole number of days from 1 to 3650',
		remedy: 'unset it for 14',
	}),
	LETTER_RETENTION_DAYS: setting({
		schema: whole(1, 3650).default(90),
		expected: 'a whole number of days from 1 to 3650',
		remedy: 'unset it for 90',
	}),
	EXECUTION_REDACTION: setting({
		schema: list((entry) => /^[^\s.]+(\.[^\s.]+)*$/.test(entry)).default([]),
		expected: 'keys or paths with commas between, like `password,body.card.number`',
		remedy: 'correct it, or unset it to keep payloads and results as they are',
	}),
	DRIFT_SCHEDULE: setting({
		schema: z.string().refine(isSchedule).default('*/15 * * * *'),
		expected: 'five cron fields in UTC, or off',
		remedy: 'unset it for */15 * * * *, every quarter of an hour',
	}),
	...workerSettings,
	ORCHESTRATION_PUBLIC_URL: setting({
		schema: z
			.string()
			.refine(isOrigin)
			.transform((text) => new URL(text).origin)
			.nullable()
			.default(null),
		expected: 'the address people open, like https://orchestration.example.com, without a path',
		remedy: 'correct it, or unset it when nobody signs in with an identity provider',
	}),
	ORCHESTRATION_TRUSTED_PROXIES: setting({
		schema: list(
			(entry) => isAddressRule(entry) && /[.:]/.test(entry) && !/[g-z]/i.test(entry),
		).default([]),
		expected: 'addresses or CIDR ranges with commas between',
		remedy: 'write it like `10.0.0.5,10.1.0.0/16`, or unset it to believe no X-Forwarded header',
	}),
	ORCHESTRATION_SESSION_IDLE_MINUTES: setting({
		schema: whole(1, 43_200).default(60),
		expected: 'a whole number of minutes from 1 to 43200',
		remedy: 'unset it for 60',
	}),
	ORCHESTRATION_SESSION_HOURS: setting({
		schema: whole(1, 720).default(12),
		expected: 'a whole number of hours from 1 to 720',
		remedy: 'unset it for 12',
	}),
	ORCHESTRATION_OIDC_PROVIDERS: setting({
		schema: list(isProviderName).default([]),
		expected: 'names of identity providers, in lower case with commas between',
		remedy: 'write it like `google,okta`, or unset it to sign in with tokens only',
	}),
};

type SettingName = keyof typeof settings;

/** Variables with our prefix that other programs of the project read. */
const foreignSettings = new Set(['ORCHESTRATION_URL', 'ORCHESTRATION_TOKEN']);

/** @throws configuration_invalid with every wrong variable at once, in `details.settings` */
export function readConfig(variables: Record<string, string | undefined> = process.env): Config {
	const wrong: WrongSetting[] = [];
	const read = <N extends SettingName>(name: N): z.output<(typeof settings)[N]['schema']> => {
		const description: Setting<z.ZodType> = settings[name];
		// Compose files hand over an empty string for what is not set.
		const value = variables[name]?.trim() || undefined;
		const result = description.schema.safeParse(value);
		if (!result.success) wrong.push(wrongSetting(name, description, value ?? ''));
		return result.data as z.output<(typeof settings)[N]['schema']>;
	};
	const providerNames = read('ORCHESTRATION_OIDC_PROVIDERS') ?? [];
	const { providers, wrong: wrongProviders } = readProviders(providerNames, variables);
	const origin = read('ORCHESTRATION_PUBLIC_URL');
	if (origin === null && providerNames.length > 0) wrong.push(noPublicUrl);
	const config: Config = {
		port: read('PORT'),
		host: read('HOST'),
		databaseUrl: read('DATABASE_URL'),
		dataDir: read('ORCHESTRATION_DATA_DIR'),
		encryptionKeys: read('ORCHESTRATION_ENCRYPTION_KEY'),
		adminToken: read('ORCHESTRATION_ADMIN_TOKEN'),
		bodyLimitBytes: read('ORCHESTRATION_BODY_LIMIT'),
		allowedAddresses: read('ORCHESTRATION_ALLOWED_ADDRESSES'),
		trustedSigners: read('ORCHESTRATION_TRUSTED_SIGNERS'),
		logLevel: read('LOG_LEVEL'),
		followIntervalSeconds: read('FOLLOW_INTERVAL'),
		resumesAtOnce: read('RESUMES_AT_ONCE'),
		historyRetentionDays: read('HISTORY_RETENTION_DAYS'),
		letterRetentionDays: read('LETTER_RETENTION_DAYS'),
		redactionRules: read('EXECUTION_REDACTION'),
		driftSchedule: read('DRIFT_SCHEDULE'),
		workerPort: read('WORKER_PORT'),
		workerAtOnce: read('WORKER_AT_ONCE'),
		workerEnvironments: read('WORKER_ENVIRONMENTS'),
		site: { origin, trustedProxies: read('ORCHESTRATION_TRUSTED_PROXIES') },
		sessionTimes: {
			idleMs: read('ORCHESTRATION_SESSION_IDLE_MINUTES') * 60_000,
			longestMs: read('ORCHESTRATION_SESSION_HOURS') * 3_600_000,
		},
		identityProviders: providers,
		unknownSettings: Object.keys(variables)
			.filter((name) => isUnknown(name) && !isProviderVariable(name, providerNames))
			.sort(),
	};
	wrong.push(...wrongProviders);
	if (wrong.length > 0) throw invalid(wrong);
	return config;
}

/**
 * What `npm run sync` is told: where the sidecar is, and a token of it.
 * @throws configuration_invalid without a token
 */
export function readSyncConfig(variables: Record<string, string | undefined> = process.env): {
	url: string;
	token: string;
} {
	const token = variables['ORCHESTRATION_TOKEN']?.trim();
	if (!token) {
		throw new OrchestrationError(
			'configuration_invalid',
			'Expected an access token in ORCHESTRATION_TOKEN, got none. Make one with POST /api/v1/tokens and the role operator.',
		);
	}
	return { url: variables['ORCHESTRATION_URL']?.trim() || 'http://127.0.0.1:5680', token };
}

function isOrigin(text: string): boolean {
	const url = URL.parse(text);
	return url !== null && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`;
}

function isDatabaseUrl(text: string): boolean {
	const url = URL.parse(text);
	return url !== null && /^postgres(ql)?:$/.test(url.protocol);
}

function isUnknown(name: string): boolean {
	return name.startsWith('ORCHESTRATION_') && !(name in settings) && !foreignSettings.has(name);
}
