import { inOrchestrationRoom, workflow } from './support/orchestration-room';

const room = inOrchestrationRoom();

it.each([
	[
		{ resource: 'execution', operation: 'start', ...workflow },
		'POST /api/v1/executions',
		{ environment: 'dev', workflow: 'w1', payload: {} },
	],
	[
		{
			resource: 'execution',
			operation: 'start',
			...workflow,
			payload: '{"order": 7}',
			options: {
				attempts: 5,
				circuit: 'billing',
				idempotencyKey: 'order-7',
				tenant: 't',
				waitSeconds: 99,
			},
		},
		'POST /api/v1/executions',
		{
			environment: 'dev',
			workflow: 'w1',
			payload: { order: 7 },
			idempotencyKey: 'order-7',
			tenant: 't',
			policy: { attempts: 5, circuit: 'billing' },
			wait: 60,
		},
	],
	[
		{ resource: 'execution', operation: 'get', executionId: 'e1' },
		'GET /api/v1/executions/e1',
		undefined,
	],
	[
		{ resource: 'execution', operation: 'cancel', executionId: 'e1' },
		'POST /api/v1/executions/e1/cancel',
		undefined,
	],
	[
		{ resource: 'execution', operation: 'retry', executionId: 'e1' },
		'POST /api/v1/executions/e1/retry',
		undefined,
	],
	[
		{ resource: 'webhookEvent', operation: 'get', eventId: 'ev1' },
		'GET /api/v1/webhooks/events/ev1',
		undefined,
	],
	[
		{
			resource: 'webhookEvent',
			operation: 'redeliver',
			eventId: 'ev1',
			options: { subscription: 'crm' },
		},
		'POST /api/v1/webhooks/events/ev1/redeliver',
		{ subscription: 'crm' },
	],
])('makes one call for %j', async (parameters, route, body) => {
	await room.expectOneCall(parameters, route, body);
});
