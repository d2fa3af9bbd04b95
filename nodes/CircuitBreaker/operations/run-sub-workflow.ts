import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import type { CircuitPolicy } from '../../../sidecar/contract/circuits';
import { concurrently } from '../../shared/concurrent';
import type { ErrorFacts } from '../../shared/error-facts';
import { errorItem, sameItem } from '../../shared/error-item';
import { chosenWorkflow } from '../../shared/sub-workflow/chosen-workflow';
import { runSubWorkflow, type SubWorkflowResult } from '../../shared/sub-workflow/run-sub-workflow';
import { asNodeError } from '../../shared/node-error';
import { tidyError } from '../../shared/tidy-error';
import { awayHints, stateWriter, uncounted } from '../circuit-state';
import { circuitsOf, type Permission } from '../circuits';
import { ignoredStatuses } from '../ignored-statuses';
import { itemsByCircuit } from '../keyed-items';
import type { Outcome } from '../local-circuit';
import { circuitPolicyOf } from '../policy';

/** No more calls reach a service that died than these: then the circuit is asked again. */
const CALLS_PER_QUESTION = 20;

interface RunOptions {
	itemsAtOnce?: number;
	slowAfterSeconds?: number;
}

/** One call of the sub-workflow: the items it is for. */
interface Call {
	circuit: string;
	indexes: number[];
}

/** Succeeded, Failed, Rejected. */
export async function runGuarded(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const items = context.getInputData();
	if (items.length === 0) return [[], [], []];
	const { groups, errors } = itemsByCircuit(context, items.length);
	const once = context.getNodeParameter('mode', 0, 'each') === 'once';
	const { itemsAtOnce = 1, slowAfterSeconds = 0 } = context.getNodeParameter(
		'options',
		0,
		{},
	) as RunOptions;
	const fleet = context.getNodeParameter('scope', 0, 'process') === 'fleet';
	const width = Math.max(1, Math.floor(itemsAtOnce));
	const circuits = circuitsOf(context);
	const isIgnored = ignoredStatuses(context);
	const withState = stateWriter(context);
	let policy: CircuitPolicy | undefined;
	const deciders: Array<Permission['decidedBy']> = [];
	// By first index of each call, so that what leaves keeps the order of the items.
	const outputs = [0, 1, 2].map(() => new Map<number, INodeExecutionData[]>());
	const leave = (output: number, index: number, leaving: INodeExecutionData[]) =>
		outputs[output]?.set(index, leaving);
	const itemAt = (index: number) => items[index] ?? { json: {} };

	for (const [circuit, indexes] of groups) {
		const calls: Call[] = once
			? [{ circuit, indexes }]
			: indexes.map((index) => ({ circuit, indexes: [index] }));
		const slice = fleet ? Math.max(CALLS_PER_QUESTION, width) : width;
		for (let from = 0; from < calls.length; from += slice) {
			await runSlice(calls.slice(from, from + slice));
		}
	}
	for (const [index, error] of errors) {
		leave(1, index, [errorItem(context, itemAt(index), index, error)]);
	}
	context.addExecutionHints(...awayHints(fleet ? 'fleet' : 'process', deciders));
	return outputs.map((output) =>
		[...output.entries()].sort(([a], [b]) => a - b).flatMap(([, leaving]) => leaving),
	);

	async function runSlice(calls: Call[]): Promise<void> {
		const { circuit: key, indexes: [itemIndex = 0] = [] } = calls[0] ?? { circuit: '' };
		let permission: Permission;
		try {
			policy ??= circuitPolicyOf(context);
			permission = await circuits.permits({ key, count: calls.length, policy, itemIndex });
		} catch (error) {
			if (!context.continueOnFail()) throw asNodeError(context, error, itemIndex);
			for (const index of calls.flatMap(({ indexes }) => indexes)) errors.set(index, error);
			return;
		}
		deciders.push(permission.decidedBy);
		for (const index of calls.slice(permission.granted).flatMap(({ indexes }) => indexes)) {
			const item = itemAt(index);
			leave(2, index, [sameItem(item, index, withState(item.json, key, permission))]);
		}
		const allowed = calls.slice(0, permission.granted);
		const told: Outcome[] = [];
		try {
			await concurrently(allowed.length, width, async (place) => {
				const call = allowed[place] as Call;
				const outcome = await runCall(call);
				if (outcome) told.push(outcome);
			});
		} finally {
			// Also when a call could not be made: what the others met still counts.
			if (told.length > 0 || permission.permits.length > 0) {
				const outcomes = told;
				await reportQuietly({ key, outcomes, allowed: allowed.length, itemIndex });
			}
		}
	}

	/** The calls are made: that the circuit did not hear of them must not take their results away. */
	async function reportQuietly(report: Parameters<typeof circuits.report>[0]) {
		try {
			if (await circuits.report(report)) return;
			context.addExecutionHints(uncounted('it did not answer'));
		} catch (error) {
			context.addExecutionHints(uncounted((error as Error).message));
		}
	}

	/** Undefined when it could not be called at all, which says nothing about the service. */
	async function runCall({ indexes }: Call) {
		const itemIndex = indexes[0] ?? 0;
		const began = performance.now();
		let result: SubWorkflowResult;
		try {
			const workflowId = chosenWorkflow(context, itemIndex);
			result = await runSubWorkflow(context, workflowId, indexes.map(itemAt), itemIndex);
		} catch (error) {
			if (!context.continueOnFail()) throw asNodeError(context, error, itemIndex);
			for (const index of indexes) errors.set(index, error);
			return undefined;
		}
		const slow = slowAfterSeconds > 0 && performance.now() - began > slowAfterSeconds * 1000;
		if (result.kind === 'succeeded') {
			const paired = once ? indexes.map((item) => ({ item })) : { item: itemIndex };
			leave(
				0,
				itemIndex,
				result.items.map((item) => ({ ...item, pairedItem: paired })),
			);
			return { failed: false, slow };
		}
		const { error, executionId } = result;
		for (const index of indexes) leave(1, index, [failedItem(index, error, executionId)]);
		return { failed: !isIgnored(error.httpStatus), slow };
	}

	function failedItem(index: number, error: ErrorFacts, executionId?: string) {
		const item = itemAt(index);
		const tidy = { ...tidyError(error), ...(executionId ? { executionId } : {}) } as IDataObject;
		return sameItem(item, index, { ...item.json, error: tidy });
	}
}
