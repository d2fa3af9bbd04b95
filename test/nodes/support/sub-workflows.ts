import type { INodeExecutionData, IRunExecutionData } from 'n8n-workflow';

import type { Chain } from './run-nodes';

export interface ChildCall {
	workflowId: string;
	items: INodeExecutionData[];
	parent: { executionId: string; workflowId: string; shouldResume?: boolean } | undefined;
}

type ChildEnd =
	| { items: INodeExecutionData[] }
	/** Fails as n8n tells its caller: the error, and what its stored execution holds. */
	| { error: object; recorded?: { lastNodeExecuted: string; error: object } }
	/** Refused before it ran. */
	| { refused: object }
	/** Waits, then ends with these items at the so-many-th look. */
	| { waits: number; items: INodeExecutionData[] };

export interface Children {
	calls: ChildCall[];
	mostAtOnce: () => number;
	around: NonNullable<Chain['around']>;
}

/** Stands in for n8n where it runs a sub-workflow; `behave` gets the call and how many came before. */
export function childrenOf(
	behave: (call: ChildCall, before: number) => ChildEnd | Promise<ChildEnd>,
): Children {
	const calls: ChildCall[] = [];
	const stored = new Map<string, () => IRunExecutionData>();
	let running = 0;
	let most = 0;
	const runData = (end: object, waiting = false) =>
		({
			...(waiting ? { waitTill: new Date() } : {}),
			resultData: { runData: { Work: [] }, ...end },
			executionData: { nodeExecutionStack: [] },
		}) as unknown as IRunExecutionData;
	const around = {
		executeWorkflow: async (
			info: { id?: string },
			_data: unknown,
			options: { inputData: INodeExecutionData[]; parentExecution?: ChildCall['parent'] },
		) => {
			const executionId = `child-${calls.length}`;
			const call: ChildCall = {
				workflowId: info.id ?? '',
				items: options.inputData,
				parent: options.parentExecution,
			};
			const before = calls.push(call) - 1;
			running += 1;
			most = Math.max(most, running);
			try {
				const end = await behave(call, before);
				if ('refused' in end) throw Object.assign(new Error(), end.refused);
				if ('error' in end) {
					const { recorded } = end;
					if (recorded) stored.set(executionId, () => runData(recorded));
					throw Object.assign(new Error(), { executionId, ...end.error });
				}
				if (!('waits' in end)) return { executionId, data: [end.items] };
				let looks = end.waits;
				const ended = {
					lastNodeExecuted: 'Work',
					runData: { Work: [{ data: { main: [end.items] } }] },
				};
				stored.set(executionId, () => (looks-- > 0 ? runData({}, true) : runData(ended)));
				return { executionId, data: [[{ json: { half: 'way' } }]], waitTill: new Date() };
			} finally {
				running -= 1;
			}
		},
		getRunExecutionData: async (id: string) => stored.get(id)?.(),
	};
	return { calls, mostAtOnce: () => most, around: around as never };
}
