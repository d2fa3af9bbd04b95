import { argsOfItems, itemsOfArgs } from '../../../sidecar/engines/temporal/payload-items';
import {
	ours,
	readRunId,
	workflowIdOf,
	writeRunId,
} from '../../../sidecar/engines/temporal/run-id';
import {
	readWorkflowName,
	writeWorkflowName,
} from '../../../sidecar/engines/temporal/workflow-name';

describe('the name of a workflow', () => {
	test.each([
		['orderIntake@orders', null, { type: 'orderIntake', taskQueue: 'orders' }],
		['orderIntake', 'orders', { type: 'orderIntake', taskQueue: 'orders' }],
		['orderIntake@other', 'orders', { type: 'orderIntake', taskQueue: 'other' }],
		['a@b@c', 'orders', { type: 'a@b', taskQueue: 'c' }],
	])('%s, where the environment has queue %s', (text, ofEnvironment, name) => {
		expect(readWorkflowName(text, ofEnvironment)).toEqual(name);
	});

	test.each([
		['orderIntake', null],
		['@orders', 'orders'],
		['orderIntake@', 'orders'],
	])('"%s" with queue %s is refused, with what is expected', (text, ofEnvironment) => {
		expect(() => readWorkflowName(text, ofEnvironment)).toThrow(/Expected .* type@taskQueue/);
	});

	test('is written the same way however it was asked for, and reads back', () => {
		for (const text of ['orderIntake', 'orderIntake@orders']) {
			expect(writeWorkflowName(readWorkflowName(text, 'orders'), 'orders')).toBe('orderIntake');
		}
		for (const name of [
			{ type: 'a@b', taskQueue: 'orders' },
			{ type: 'a', taskQueue: 'c' },
		]) {
			expect(readWorkflowName(writeWorkflowName(name, 'orders'), 'orders')).toEqual(name);
		}
	});
});

test('the id of a run reads back, also of a workflow id with slashes', () => {
	const run = { workflowId: 'orders/17', runId: '0b9f7e5c' };
	expect(readRunId(writeRunId(run))).toEqual(run);
});

test('the workflow id of an attempt begins with what tells ours from others', () => {
	expect(workflowIdOf('0198c0de-1')).toBe(`${ours}0198c0de-1`);
});

test.each([[[{ a: 1 }]], [[1]], [[[1, 2]]], [[{ args: [1] }]], [[]], [[1, 'two', { three: 3 }]]])(
	'arguments are items and the same arguments again: %j',
	(args: unknown[]) => {
		expect(argsOfItems(itemsOfArgs(args))).toEqual(args);
	},
);
