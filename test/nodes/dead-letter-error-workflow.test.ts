import { inLetterRoom, letterNode, trigger, withOptions } from './support/letter-room';

const room = inLetterRoom();

describe('Dead Letter in an error workflow', () => {
	const failed = {
		execution: {
			id: '187',
			url: 'http://n8n/workflow/w/executions/187',
			error: { name: 'NodeApiError', message: 'Gone', httpCode: '410', description: null },
			lastNodeExecuted: 'HTTP',
			mode: 'webhook',
		},
		workflow: { id: 'w', name: 'Invoices' },
	};

	it('names the failed execution and leaves reading its payload to the sidecar', async () => {
		await room.run([trigger, letterNode], [{ json: failed }]);

		expect(room.sidecar.calls[0]?.body).toEqual({
			origin: 'error-workflow',
			workflowId: 'w',
			workflowName: 'Invoices',
			executionId: '187',
			executionUrl: 'http://n8n/workflow/w/executions/187',
			error: { node: 'HTTP', name: 'NodeApiError', message: 'Gone', httpStatus: 410 },
		});
	});

	it('says which execution a failed retry was a retry of', async () => {
		const retried = { ...failed, execution: { ...failed.execution, retryOf: '180' } };
		await room.run([trigger, letterNode], [{ json: retried }]);

		expect(room.sidecar.calls[0]?.body).toMatchObject({ executionId: '187', retryOf: '180' });
	});

	it('keeps a trigger that failed before there was an execution', async () => {
		const json = {
			trigger: { error: { name: 'Error', message: 'Connection lost' }, mode: 'trigger' },
			workflow: failed.workflow,
		};
		await room.run([trigger, letterNode], [{ json }]);

		const { body } = room.sidecar.calls[0] ?? {};
		expect(body).toMatchObject({
			origin: 'error-workflow',
			workflowId: 'w',
			error: { message: 'Connection lost' },
		});
		expect(body).not.toHaveProperty('executionId');
	});

	it('takes such an item for business data when told that it is an error output', async () => {
		await room.run([trigger, withOptions({ source: 'errorOutput' })], [{ json: failed }]);

		expect(room.sidecar.calls[0]?.body).toMatchObject({
			origin: 'error-output',
			workflowId: 'workflow-1',
		});
	});
});
