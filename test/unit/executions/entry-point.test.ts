import { readCallAnswer } from '../../../sidecar/engines/n8n/call-answer';
import { entryOf } from '../../../sidecar/engines/n8n/entry-point';
import type { WorkflowNode } from '../../../sidecar/engines/port/workflow';

const hook = (parameters: Record<string, unknown> = {}): WorkflowNode => ({
	name: 'Webhook',
	type: 'n8n-nodes-base.webhook',
	parameters: { httpMethod: 'POST', path: 'orders', ...parameters },
});
const other = (type: string, parameters = {}): WorkflowNode => ({ name: type, type, parameters });
const entry = (nodes: WorkflowNode[], settings: Record<string, unknown> = {}) =>
	entryOf({ name: 'W', nodes, connections: {}, settings });

it('calls a webhook that anybody may call, and trusts its answer only where nothing can park', () => {
	const plain = entry([hook({ responseMode: 'lastNode' }), other('n8n-nodes-base.set')]);
	expect(plain?.webhook).toEqual({
		method: 'POST',
		path: 'orders',
		answers: 'at-end',
		answerIsEnd: true,
	});
	const parking = entry([hook({ responseMode: 'lastNode' }), other('n8n-nodes-base.wait')]);
	expect(parking?.webhook).toMatchObject({ answers: 'at-end', answerIsEnd: false });
	expect(entry([hook()])?.webhook).toMatchObject({ answers: 'at-once', answerIsEnd: false });
	const responding = entry([hook({ responseMode: 'responseNode' })]);
	expect(responding?.webhook).toMatchObject({ answers: 'on-the-way' });
});

it.each([
	['has a key of its own', { authentication: 'headerAuth' }],
	['has variables in its path', { path: 'orders/:id' }],
	['has an expression as path', { path: '={{ 1 }}' }],
	['takes no body', { httpMethod: 'GET' }],
	['takes several methods', { multipleMethods: true, httpMethod: ['GET', 'POST'] }],
])('does not call a webhook that %s', (_, parameters) => {
	expect(entry([hook(parameters)])).toMatchObject({ triggerNode: 'Webhook', webhook: null });
});

it('begins at whatever trigger there is, with what it would give', () => {
	const both = entry([
		other('n8n-nodes-base.scheduleTrigger'),
		other('n8n-nodes-base.executeWorkflowTrigger'),
	]);
	expect(both?.triggerNode).toBe('n8n-nodes-base.executeWorkflowTrigger');
	expect(both?.itemsOf([{ a: 1 }, 2])).toEqual([{ json: { a: 1 } }, { json: { value: 2 } }]);
	expect(entry([hook()])?.itemsOf({ a: 1 })).toMatchObject([{ json: { body: { a: 1 } } }]);
	expect(entry([other('n8n-nodes-base.set')])).toBeNull();
	expect(entry([{ ...hook(), disabled: true }])).toBeNull();
});

it('says whether a success leaves a trace', () => {
	const kept = (saved?: string) =>
		entry([hook()], saved ? { saveDataSuccessExecution: saved } : {})?.keepsSuccesses;
	expect([kept('all'), kept('none'), kept()]).toEqual([true, false, null]);
});

it('reads in an answer whether anything was started', () => {
	const read = (status: number, message: string, answers: 'at-end' | 'on-the-way' = 'at-end') =>
		readCallAnswer({ status, text: JSON.stringify({ message }) }, answers).status;
	expect(read(200, 'x')).toBe('ended');
	expect(read(200, 'x', 'on-the-way')).toBe('started');
	expect(read(404, 'The requested webhook "POST x" is not registered.', 'on-the-way')).toBe(
		'refused',
	);
	expect(read(404, 'no such order', 'on-the-way')).toBe('unclear');
	expect(read(500, 'Error in workflow')).toBe('failed');
	expect(read(503, 'Database is not ready!')).toBe('refused');
	expect(read(503, 'from the workflow', 'on-the-way')).toBe('unclear');
	expect(read(502, 'Bad gateway')).toBe('unclear');
	expect(readCallAnswer({ status: 200, text: 'plain' }, 'at-end')).toEqual({
		status: 'ended',
		body: 'plain',
	});
});
