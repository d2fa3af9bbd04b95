import { locator, inOrchestrationRoom, workflow } from './support/orchestration-room';

const room = inOrchestrationRoom();

it.each([
	[
		{ resource: 'version', operation: 'create', ...workflow, options: { message: 'fix' } },
		'POST /api/v1/versions',
		{ environment: 'dev', workflowId: 'w1', message: 'fix' },
	],
	[
		{ resource: 'version', operation: 'get', versionId: 'v1' },
		'GET /api/v1/versions/v1',
		undefined,
	],
	[
		{ resource: 'version', operation: 'diff', versionId: 'v1', otherVersionId: 'v2' },
		'GET /api/v1/versions/v1/diff/v2',
		undefined,
	],
	[
		{ resource: 'promotion', operation: 'get', promotionId: 'p1' },
		'GET /api/v1/promotions/p1',
		undefined,
	],
	[
		{ resource: 'promotion', operation: 'create', ...workflow, to: locator('production') },
		'POST /api/v1/promotions',
		{ environment: 'dev', workflowIds: ['w1'], to: 'production' },
	],
	[
		{
			resource: 'promotion',
			operation: 'create',
			source: 'release',
			releaseId: 'r1',
			to: locator('production'),
			mappings: {
				mapping: [
					{ kind: 'credentials', from: 'c1', to: 'c2' },
					{ kind: 'workflows', from: 'w1', to: 'create' },
					{ kind: 'literals', from: 'table-1' },
				],
			},
			options: { message: 'go', publish: false },
		},
		'POST /api/v1/promotions',
		{
			releaseId: 'r1',
			to: 'production',
			mappings: {
				credentials: { c1: 'c2' },
				workflows: { w1: 'create' },
				literals: ['table-1'],
			},
			message: 'go',
			publish: false,
		},
	],
	[
		{
			resource: 'promotion',
			operation: 'create',
			...workflow,
			to: locator('production'),
			options: { moreWorkflowIds: 'w2, w3,' },
		},
		'POST /api/v1/promotions',
		{ environment: 'dev', workflowIds: ['w1', 'w2', 'w3'], to: 'production' },
	],
	[
		{
			resource: 'promotion',
			operation: 'apply',
			promotionId: 'p1',
			planDigest: 'd1',
			wait: false,
		},
		'POST /api/v1/promotions/p1/apply',
		{ planDigest: 'd1' },
	],
	[
		{ resource: 'promotion', operation: 'rollback', promotionId: 'p1', wait: false },
		'POST /api/v1/promotions/p1/rollback',
		undefined,
	],
	[
		{ resource: 'promotion', operation: 'abort', promotionId: 'p1' },
		'POST /api/v1/promotions/p1/abort',
		undefined,
	],
	[
		{
			resource: 'promotion',
			operation: 'approve',
			promotionId: 'p1',
			planDigest: 'd1',
			decision: 'reject',
			options: { reason: 'not on Friday' },
		},
		'POST /api/v1/promotions/p1/approvals',
		{ decision: 'reject', planDigest: 'd1', reason: 'not on Friday' },
	],
	[
		{ resource: 'version', operation: 'export', versionId: 'v1' },
		'GET /api/v1/versions/v1/export',
		undefined,
	],
	[
		{
			resource: 'release',
			operation: 'create',
			...workflow,
			options: { moreWorkflowIds: 'w2', message: 'spring' },
		},
		'POST /api/v1/releases',
		{ environment: 'dev', workflowIds: ['w1', 'w2'], message: 'spring' },
	],
	[
		{ resource: 'release', operation: 'get', releaseId: 'r1' },
		'GET /api/v1/releases/r1',
		undefined,
	],
	[
		{ resource: 'release', operation: 'export', releaseId: 'r1' },
		'GET /api/v1/releases/r1/export',
		undefined,
	],
])('makes one call for %j', async (parameters, route, body) => {
	await room.expectOneCall(parameters, route, body);
});

it('sends no body rather than an empty one of some other type', async () => {
	await room.orchestrate({
		resource: 'promotion',
		operation: 'rollback',
		promotionId: 'p1',
		wait: false,
	});

	const { headers } = room.sidecar.calls[0] ?? {};
	expect(headers).toMatchObject({ 'content-length': '0' });
	expect(headers).not.toHaveProperty('transfer-encoding');
});
