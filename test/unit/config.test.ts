import path from 'node:path';
import { readConfig } from '../../sidecar/config';
import { OrchestrationError } from '../../sidecar/kernel/errors';

const key = Buffer.alloc(32, 7);

function refusalOf(variables: Record<string, string>): OrchestrationError {
	try {
		readConfig(variables);
	} catch (error) {
		if (error instanceof OrchestrationError) return error;
		throw error;
	}
	throw new Error('expected the configuration to be refused');
}

it('works on a laptop with nothing set', () => {
	expect(readConfig({})).toEqual({
		port: 5680,
		host: '127.0.0.1',
		databaseUrl: null,
		dataDir: path.resolve('.orchestration'),
		encryptionKeys: null,
		adminToken: null,
		bodyLimitBytes: 16_777_216,
		allowedAddresses: ['localhost', '127.0.0.0/8', '::1'],
		trustedSigners: [],
		logLevel: 'info',
		followIntervalSeconds: 5,
		resumesAtOnce: 8,
		historyRetentionDays: 14,
		letterRetentionDays: 90,
		redactionRules: [],
		driftSchedule: '*/15 * * * *',
		site: { origin: null, trustedProxies: [] },
		sessionTimes: { idleMs: 3_600_000, longestMs: 43_200_000 },
		identityProviders: [],
		workerPort: 5681,
		workerAtOnce: 200,
		workerEnvironments: null,
		unknownSettings: [],
	});
});

it('takes what is set', () => {
	const config = readConfig({
		PORT: '8080',
		HOST: '0.0.0.0',
		DATABASE_URL: 'postgres://user:password@db:5432/orchestration',
		ORCHESTRATION_DATA_DIR: '/var/lib/orchestration',
		ORCHESTRATION_ENCRYPTION_KEY: `${key.toString('base64')}, ${key.toString('hex')}`,
		ORCHESTRATION_ADMIN_TOKEN: 'sixteen-letters!',
		ORCHESTRATION_BODY_LIMIT: '2048',
		ORCHESTRATION_ALLOWED_ADDRESSES: 'n8n-dev, 10.0.0.0/8,fd00::/8',
		LOG_LEVEL: 'debug',
		FOLLOW_INTERVAL: '30',
		RESUMES_AT_ONCE: '20',
		DRIFT_SCHEDULE: 'off',
	});
	expect(config).toMatchObject({
		port: 8080,
		host: '0.0.0.0',
		databaseUrl: 'postgres://user:password@db:5432/orchestration',
		dataDir: path.resolve('/var/lib/orchestration'),
		encryptionKeys: [key, key],
		adminToken: 'sixteen-letters!',
		bodyLimitBytes: 2048,
		allowedAddresses: ['n8n-dev', '10.0.0.0/8', 'fd00::/8'],
		logLevel: 'debug',
		followIntervalSeconds: 30,
		resumesAtOnce: 20,
		driftSchedule: 'off',
	});
});

it('takes an empty value as not set, as compose files hand it over', () => {
	expect(readConfig({ PORT: '', DATABASE_URL: ' ' })).toEqual(readConfig({}));
});

it('tells every wrong value at once, with what was expected and what to do', () => {
	const refusal = refusalOf({ PORT: '70000', LOG_LEVEL: 'loud', FOLLOW_INTERVAL: '0.5' });
	expect(refusal.code).toBe('configuration_invalid');
	expect(refusal.details['settings']).toEqual([
		expect.objectContaining({ name: 'PORT', got: '"70000"' }),
		expect.objectContaining({ name: 'LOG_LEVEL', got: '"loud"' }),
		expect.objectContaining({ name: 'FOLLOW_INTERVAL', got: '"0.5"' }),
	]);
	expect(refusal.message).toMatch(/PORT: expected a whole number from 0 .* unset it for 5680\./);
	expect(refusal.message.split('\n')).toHaveLength(4);
});

it.each([
	['PORT', '-1'],
	['PORT', '5680abc'],
	['HOST', 'not a host'],
	['DATABASE_URL', 'mysql://root@db/x'],
	['ORCHESTRATION_ENCRYPTION_KEY', 'too-short'],
	['ORCHESTRATION_ENCRYPTION_KEY', `${key.toString('base64')},nonsense`],
	['ORCHESTRATION_ADMIN_TOKEN', 'short'],
	['ORCHESTRATION_ADMIN_TOKEN', 'sixteen letters with spaces'],
	['ORCHESTRATION_BODY_LIMIT', '16MB'],
	['ORCHESTRATION_ALLOWED_ADDRESSES', '10.0.0.0/33'],
	['ORCHESTRATION_ALLOWED_ADDRESSES', '10.0.0'],
	['LOG_LEVEL', 'INFO'],
	['FOLLOW_INTERVAL', '0'],
	['RESUMES_AT_ONCE', '0'],
	['HISTORY_RETENTION_DAYS', '0'],
	['LETTER_RETENTION_DAYS', '0'],
	['EXECUTION_REDACTION', 'body..card'],
	['ORCHESTRATION_PUBLIC_URL', 'orchestration.example.com'],
	['ORCHESTRATION_PUBLIC_URL', 'https://example.com/orchestration'],
	['ORCHESTRATION_TRUSTED_PROXIES', 'proxy'],
	['ORCHESTRATION_SESSION_IDLE_MINUTES', '0'],
	['ORCHESTRATION_SESSION_HOURS', '721'],
	['ORCHESTRATION_OIDC_PROVIDERS', 'Google'],
])('refuses %s=%s', (name, value) => {
	expect(refusalOf({ [name]: value }).details['settings']).toEqual([
		expect.objectContaining({ name }),
	]);
});

it('never repeats the value of a secret', () => {
	const refusal = refusalOf({
		DATABASE_URL: 'mysql://root:hunter2@db',
		ORCHESTRATION_ENCRYPTION_KEY: 'hunter2',
		ORCHESTRATION_ADMIN_TOKEN: 'hunter2',
	});
	expect(JSON.stringify(refusal.details) + refusal.message).not.toContain('hunter2');
	expect(refusal.message).toContain('got a value of 7 characters');
});

it('names variables that look like ours and are not', () => {
	const { unknownSettings } = readConfig({ ORCHESTRATION_ADMIN_TOKE: 'x', HOME: '/home/me' });
	expect(unknownSettings).toEqual(['ORCHESTRATION_ADMIN_TOKE']);
});

it('reads identity providers, and tells what of them is wrong beside everything else', () => {
	const variables = {
		ORCHESTRATION_PUBLIC_URL: 'https://orchestration.example.com/',
		ORCHESTRATION_OIDC_PROVIDERS: 'google',
		ORCHESTRATION_OIDC_GOOGLE_ISSUER: 'https://accounts.google.com',
		ORCHESTRATION_OIDC_GOOGLE_CLIENT_ID: 'abc',
		ORCHESTRATION_OIDC_GOOGLE_ROLE_CLAIM: 'hd',
		ORCHESTRATION_OIDC_GOOGLE_ROLES: 'example.com=operator',
	};
	const config = readConfig(variables);
	expect(config.site.origin).toBe('https://orchestration.example.com');
	expect(config.identityProviders).toHaveLength(1);
	expect(config.unknownSettings).toEqual([]);

	const refusal = refusalOf({
		...variables,
		ORCHESTRATION_PUBLIC_URL: '',
		ORCHESTRATION_OIDC_GOOGLE_ROLES: '',
		PORT: 'x',
	});
	const names = (refusal.details['settings'] as Array<{ name: string }>).map(({ name }) => name);
	expect(names.sort()).toEqual([
		'ORCHESTRATION_OIDC_GOOGLE_ROLES',
		'ORCHESTRATION_PUBLIC_URL',
		'PORT',
	]);
});
