import type { ExecuteWorkflowOptions, IExecuteWorkflowInfo } from 'n8n-workflow';

import {
	failing,
	inLetterRoom,
	order,
	type SentLetter,
	trigger,
	withOptions,
} from './support/letter-room';
import { type Chain, runChain } from './support/run-nodes';
import { problem } from './support/scripted-sidecar';

const room = inLetterRoom();

describe('Dead Letter that keeps in n8n while the sidecar is away', () => {
	const nobody = 'http://127.0.0.1:9';
	const keeping = withOptions({ whenAway: 'keep' });
	const two = [order(1, true), order(2, true)];

	it('starts one execution that holds the letters, and goes on', async () => {
		const begun: Array<{ info: IExecuteWorkflowInfo; options: ExecuteWorkflowOptions }> = [];
		const around: Chain['around'] = {
			executeWorkflow: async (info, _data, options) => {
				begun.push({ info, options });
				return { executionId: 'child-1', data: [null] };
			},
		};
		const { json, hints } = await runChain(room.n8n, {
			nodes: [trigger, failing, keeping],
			items: two,
			baseUrl: nobody,
			around,
		});

		expect(begun).toHaveLength(1);
		const { info, options } = begun[0] ?? {};
		expect(options).toMatchObject({ doNotWaitToFinish: true });
		expect(options?.parentExecution).toBeUndefined();
		const kept = options?.inputData?.map((item) => item.json['letter'] as unknown as SentLetter);
		expect(kept?.map(({ failedInput }) => failedInput[0].json.id)).toEqual([1, 2]);
		expect(info?.code?.nodes.map(({ type }) => type)).toContain('pack.deadLetter');
		expect(json('Dead Letter')).toEqual([
			{ deadLetterId: null, state: 'kept-in-n8n', keptIn: 'child-1' },
			{ deadLetterId: null, state: 'kept-in-n8n', keptIn: 'child-1' },
		]);
		expect(hints('Dead Letter')).toMatchObject([
			{ message: expect.stringContaining('child-1') as string },
		]);
	});

	it('fails when n8n cannot keep them either', async () => {
		const around: Chain['around'] = {
			executeWorkflow: async () => {
				throw new Error('database is locked');
			},
		};
		const { run: result } = await runChain(room.n8n, {
			nodes: [trigger, failing, keeping],
			items: two,
			baseUrl: nobody,
			around,
		});

		expect(result.data.resultData.error?.message).toMatch(/unreachable.*database is locked/);
	});

	it('does not keep what a sidecar that is there refuses', async () => {
		room.sidecar.answer(() => problem(401, 'token_expired', 'The token expired on Monday.'));
		const { run: result } = await room.run([trigger, failing, keeping], two);

		expect(result.data.resultData.error?.message).toBe('The token expired on Monday.');
	});
});
