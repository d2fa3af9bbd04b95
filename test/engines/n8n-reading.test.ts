import { apiOfDiscovery } from '../../sidecar/engines/n8n/api-fields';
import { executionDetailWire } from '../../sidecar/engines/n8n/execution-endpoints';
import { readDetail } from '../../sidecar/engines/n8n/read-execution';
import { isRunnerGraph, runnerWorkflow } from '../../sidecar/engines/n8n/runner-workflow';
import { createBody, updateBody } from '../../sidecar/engines/n8n/workflow-body';

const silent = { workflowFields: null, settingsFields: null, nodeFields: null };
const content = {
	name: 'One',
	nodes: [{ name: 'Set', type: 'n8n-nodes-base.set', parameters: {}, unheardOf: 1 }],
	connections: {},
	settings: { executionOrder: 'v1', unheardOf: 1, timezone: null },
	description: 'text',
};

it('sends only fields that n8n is known to take in where the instance does not say', () => {
	const nodes = [{ name: 'Set', type: 'n8n-nodes-base.set', parameters: {} }];
	const common = { name: 'One', nodes, connections: {}, settings: { executionOrder: 'v1' } };
	expect(updateBody(content, {}, silent)).toEqual({ ...common, description: 'text' });
	expect(createBody(content, silent)).toEqual(common);
});

it('unsets only what is set', () => {
	const { settings } = updateBody(content, { errorWorkflow: 'w1', callerIds: '' }, silent);
	expect(settings).toEqual({ executionOrder: 'v1', errorWorkflow: 'DEFAULT' });
});

it('sees a change of the API, not of its prose', () => {
	const discovery = (description: string, more: object = {}) => ({
		scopes: [],
		resources: {
			workflow: {
				endpoints: [
					{
						method: 'PUT',
						path: '/api/v1/workflows/{workflowId}',
						operationId: 'updateWorkflow',
						requestSchema: {
							properties: {
								id: { type: 'string', readOnly: true },
								description: { type: 'string', description },
								...more,
							},
						},
					},
				],
			},
		},
	});
	const api = apiOfDiscovery(discovery('old words'));
	expect(api.workflowFields).toEqual(['description']);
	expect(apiOfDiscovery(discovery('new words')).digest).toBe(api.digest);
	expect(apiOfDiscovery(discovery('old words', { hue: {} })).digest).not.toBe(api.digest);
});

it('recognises its own graph in any order, and every change that matters', () => {
	const keys = { path: 'p', credentialId: 'c' };
	const { nodes, connections } = runnerWorkflow(keys);
	const moved = nodes.map((node) => ({ ...node, position: [9, 9] as [number, number], id: 'x' }));
	expect(isRunnerGraph({ nodes: moved.reverse(), connections }, keys)).toBe(true);
	expect(isRunnerGraph({ nodes, connections }, { ...keys, credentialId: 'd' })).toBe(false);
	expect(isRunnerGraph({ nodes: nodes.slice(1), connections }, keys)).toBe(false);
	const off = nodes.map((node) => ({ ...node, disabled: true }));
	expect(isRunnerGraph({ nodes: off, connections }, keys)).toBe(false);
	expect(isRunnerGraph({ nodes, connections: {} }, keys)).toBe(false);
});

describe('an execution', () => {
	const failed = (error: object, data: object = {}) =>
		readDetail(
			executionDetailWire.parse({
				id: 7,
				workflowId: 'w1',
				status: 'error',
				data: {
					resultData: {
						error,
						lastNodeExecuted: 'Call',
						runData: {
							Start: [
								{
									source: [],
									data: {
										main: [[{ json: { a: 1 }, pairedItem: { item: 0 } }], [{ json: { b: 2 } }]],
									},
								},
							],
							Call: [{ source: [{ previousNode: 'Start', previousNodeOutput: 1 }] }],
						},
					},
					...data,
				},
			}),
		);

	it.each([
		[{ httpCode: '503' }, 503],
		[{ httpCode: 404 }, 404],
		[{ httpCode: 'ECONNREFUSED' }, null],
		[{ status: 429 }, 429],
		[{ response: { status: 500 } }, 500],
		[{ errorResponse: { httpCode: '502' } }, 502],
		[{ cause: { response: { status: 401 } } }, 401],
		[{}, null],
	])('tells the HTTP status of the error %j', (error, expected) => {
		expect(failed({ message: 'x', ...error }).failure?.httpStatus).toBe(expected);
	});

	it('takes the input of the failed node from its source when the stack has moved on', () => {
		const { failure, trigger } = failed({ message: 'x', name: 'NodeApiError' });
		expect(failure).toMatchObject({
			node: 'Call',
			name: 'NodeApiError',
			input: [{ json: { b: 2 } }],
		});
		expect(trigger).toEqual({ node: 'Start', items: [{ json: { a: 1 } }, { json: { b: 2 } }] });
	});

	it('is readable without any data', () => {
		const detail = readDetail(
			executionDetailWire.parse({ id: '8', workflowId: 'w1', status: 'of the future' }),
		);
		expect(detail).toMatchObject({ status: 'unknown', trigger: null, failure: null, ran: null });
		const crashed = executionDetailWire.parse({ id: '9', workflowId: 'w1', status: 'crashed' });
		expect(readDetail(crashed).failure).toMatchObject({ node: null, input: [] });
	});
});
