import type { WorkflowDefinitions } from '../../sidecar/engines/port/definitions';
import { N8nDefinitions } from '../../sidecar/engines/n8n/definitions';
import { N8nTransport } from '../../sidecar/engines/n8n/transport';
import { systemClock } from '../../sidecar/kernel/clock';
import type { N8nConnection } from '../support/n8n/n8n-connection';

/** The workflows of a running n8n, through the product's own adapter. */
export function definitionsOf(n8n: Pick<N8nConnection, 'baseUrl' | 'apiKey'>): WorkflowDefinitions {
	const transport = new N8nTransport({
		connection: {
			environment: 'corpus',
			engine: 'n8n',
			baseUrl: n8n.baseUrl,
			apiKey: n8n.apiKey,
			oauth2: null,
		},
		clock: systemClock,
		random: () => 0.5,
	});
	return new N8nDefinitions(transport, systemClock);
}
