import type { Page } from '../../sidecar/contract/problem';
import type { N8nConnection } from '../support/n8n/n8n-connection';
import { operatorOf } from '../support/sidecar/operator';
import type { SidecarProcess } from '../support/sidecar/sidecar-process';
import type { Seeds } from './valid-requests';

/** One of everything, so that wrong requests come far; and secrets that must not come back. */
export async function seedsOf(
	sidecar: SidecarProcess,
	workflowId: string,
	n8n: Pick<N8nConnection, 'baseUrl' | 'apiKey'>,
	secrets: { endpoint: string; channel: string; header: string },
): Promise<Seeds> {
	const operator = operatorOf(sidecar);
	const ask = async <T>(path: string, body?: object, method?: string): Promise<T> => {
		const answer = await sidecar.api<T>(path, {
			...(body ? { body } : {}),
			...(method ? { method } : {}),
		});
		if (answer.ok) return answer.body;
		throw new Error(`${path} answered ${answer.status} ${JSON.stringify(answer.body)}`);
	};
	const version = await operator.snapshot('dev', workflowId);
	const release = await operator.release('dev', [workflowId]);
	const promotion = await operator.plan({ releaseId: release.id, to: 'production' });
	await ask('/webhooks/endpoints/stripe', { scheme: 'stripe', secrets: [secrets.endpoint] }, 'PUT');
	await ask('/webhooks/endpoints/open', { scheme: 'none' }, 'PUT');
	const target = { url: 'http://127.0.0.1:9/', headers: { 'x-key': secrets.header } };
	const subscription = { target, retry: { maxAttempts: 1 } };
	await ask('/webhooks/endpoints/open/subscriptions/all', subscription, 'PUT');
	await ask('//hooks/open', { type: 'order.made' });
	const channel = { kind: 'slack', url: `http://127.0.0.1:9/${secrets.channel}` };
	await ask('/alerts/channels/team', channel, 'PUT');
	const letter = await ask<{ id: string }>('/dead-letters', {
		environment: 'dev',
		origin: 'api',
		workflowId,
		error: { message: 'no' },
	});
	await ask('/circuits/thing', {}, 'PUT');
	await ask('/rate-limits/thing', { limit: 100, intervalMs: 60_000 }, 'PUT');
	await ask('/retry-budgets/thing', {}, 'PUT');
	await ask('/quotas/acme', { limit: 10_000, intervalMs: 60_000 }, 'PUT');
	const lease = await ask<{ id: string }>('/concurrency/thing/leases', {
		limit: 50,
		ttlMs: 60_000,
	});
	const execution = await ask<{ id: string }>('/executions', {
		environment: 'dev',
		workflow: workflowId,
		payload: { order: 17 },
	});
	const events = await ask<Page<{ id: string }>>('/webhooks/events');
	return {
		ids: {
			environments: 'dev',
			environment: 'dev',
			workflows: workflowId,
			versions: version.id,
			diff: version.id,
			releases: release.id,
			promotions: promotion.id,
			'dead-letters': letter.id,
			endpoints: 'open',
			hooks: 'open',
			subscriptions: 'all',
			channels: 'team',
			leases: lease.id,
			executions: execution.id,
			events: events.data[0]?.id ?? 'none',
			quotas: 'acme',
			conservation: 'events',
			routes: 'dev',
		},
		texts: {
			k3XvY0q1mJ8sT2aB: workflowId,
			Zq81mPb2R7sT5cVn: workflowId,
			'order-intake-00000010': workflowId,
			'https://n8n.example.com': n8n.baseUrl,
			'the-api-key': n8n.apiKey,
			'the-signing-secret': secrets.endpoint,
			'https://hooks.slack.com/services/T0/B0/secret': channel.url,
		},
	};
}
