import { isOrchestrationError, type OrchestrationError } from '../../kernel/errors';
import type { EngineCheck } from '../port/engine';
import { discover, getOpenApi, getReadiness, type Discovery } from './instance-endpoints';
import type { N8nTransport } from './transport';

type Finding = EngineCheck['findings'][number];

/** Rights the sidecar uses, by what for. */
const neededScopes = {
	workflows: [
		'workflow:list',
		'workflow:read',
		'workflow:create',
		'workflow:update',
		'workflow:delete',
		'workflow:activate',
		'workflow:deactivate',
	],
	executions: ['execution:list', 'execution:read', 'execution:retry', 'execution:stop'],
	credentials: ['credential:list', 'credential:read', 'credential:create', 'credential:delete'],
} as const;

/** Looks at everything the sidecar needs of an instance. Never throws for what is missing. */
export async function checkInstance(transport: N8nTransport): Promise<EngineCheck> {
	const ready = await readiness(transport);
	if (!ready.reachable) return result(false, ready.findings);
	const discovery = await asFinding('api-key', () => discover(transport, 'everything'));
	if ('finding' in discovery) return result(true, [...ready.findings, discovery.finding]);
	return result(true, [
		...ready.findings,
		clockFinding(transport),
		{ name: 'api-key', ok: true, message: 'n8n accepts the API key' },
		...scopeFindings(discovery.value),
		publishFinding(discovery.value),
		await draftFinding(transport),
	]);
}

function result(reachable: boolean, findings: Finding[]): EngineCheck {
	// n8n tells its version to nobody who is not logged in.
	return { reachable, ok: findings.every(({ ok }) => ok), version: null, findings };
}

async function readiness(
	transport: N8nTransport,
): Promise<{ reachable: boolean; findings: Finding[] }> {
	const status = await asFinding('reachable', () => getReadiness(transport));
	if ('finding' in status) return { reachable: false, findings: [status.finding] };
	const starting = status.value === 503;
	return {
		reachable: true,
		findings: [
			{ name: 'reachable', ok: true, message: 'the instance answers' },
			{
				name: 'ready',
				ok: !starting,
				message: starting
					? 'n8n is still starting, or its database is away; check again in a minute'
					: status.value === 200
						? 'n8n takes work'
						: `n8n's readiness page is not served here (HTTP ${status.value}); that is all right`,
			},
		],
	};
}

/** Its schedules start at the wrong time then; where we ask it for times, the difference is allowed for. */
function clockFinding({ instanceClock }: N8nTransport): Finding {
	const seconds = Math.round(instanceClock.aheadMs / 1000);
	const ok = Math.abs(seconds) <= 60;
	return {
		name: 'clock',
		ok,
		message: ok
			? 'its clock agrees with ours'
			: `its clock is ${Math.abs(seconds)} s ${seconds > 0 ? 'ahead of' : 'behind'} ours; set both by a ` +
				'time server (NTP)',
	};
}

function scopeFindings({ scopes }: Discovery): Finding[] {
	return Object.entries(neededScopes).map(([name, needed]) => {
		const missing = needed.filter((scope) => !scopes.includes(scope));
		return {
			name,
			ok: missing.length === 0,
			message:
				missing.length === 0
					? `the API key has every right for ${name}`
					: `the API key lacks ${missing.join(', ')}; make a key with these rights in ` +
						'Settings > n8n API and PUT the environment with it',
		};
	});
}

function publishFinding({ scopes, resources }: Discovery): Finding {
	const known = resources['workflow']?.endpoints.some(
		({ operationId }) => operationId === 'publishWorkflow',
	);
	// n8n lists only what the key may use.
	const ok = known === true || !scopes.includes('workflow:activate');
	return {
		name: 'publish-endpoint',
		ok,
		message: ok
			? 'versions can be published one by one'
			: 'this n8n has no endpoint to publish a chosen version; update n8n to 2.40 or later',
	};
}

async function draftFinding(transport: N8nTransport): Promise<Finding> {
	const name = 'drafts';
	const document = await asFinding(name, () => getOpenApi(transport));
	if ('finding' in document) return document.finding;
	if (document.value === null) {
		return {
			name,
			ok: true,
			message:
				'the instance serves no /api/v1/openapi.yml, so it cannot be told whether it saves ' +
				'drafts without publishing them; n8n 2.40 and later do',
		};
	}
	const ok = document.value.includes('publishIfActive');
	return {
		name,
		ok,
		message: ok
			? 'drafts are saved without publishing them'
			: 'saving a published workflow publishes it at once on this n8n; update n8n to 2.40 or later',
	};
}

/** A failure of the engine as something found; anything else is a defect and goes on. */
async function asFinding<T>(
	name: string,
	ask: () => Promise<T>,
): Promise<{ value: T } | { finding: Finding }> {
	try {
		return { value: await ask() };
	} catch (error) {
		if (!isOrchestrationError(error) || !isEngineFault(error)) throw error;
		return { finding: { name, ok: false, message: error.message } };
	}
}

function isEngineFault({ code }: OrchestrationError): boolean {
	return code.startsWith('engine_') || ['capability_missing', 'address_not_allowed'].includes(code);
}
