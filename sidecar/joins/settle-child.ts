import type { Item } from '../engines/port/execution';
import type { Execution } from '../executions/execution';
import { childOf, type Join, judge } from './join';
import type { ChildEnd, JoinStore } from './join-store';

export interface SettlePorts {
	joins: JoinStore;
	/** A join is over: its parent is due. */
	onEnded(join: Join): void;
}

/** Items as they left the last node; kept whole before the ledger says that the child has succeeded. */
export async function keepChildItems(
	{ joins }: Pick<SettlePorts, 'joins'>,
	execution: Pick<Execution, 'idempotencyKey'>,
	result: unknown,
): Promise<void> {
	const child = childOf(execution.idempotencyKey);
	if (child) await joins.keepItems(child.joinId, child.index, itemsIn(result));
}

/** Told by the ledger at least once for each child that is over. */
export async function settleChild(ports: SettlePorts, execution: Execution): Promise<void> {
	const child = childOf(execution.idempotencyKey);
	if (!child) return;
	const ended = await ports.joins.settleChild(child.joinId, child.index, endOf(execution), judge);
	if (ended) ports.onEnded(ended);
}

function endOf(execution: Execution): ChildEnd {
	const { engineExecutionId: executionId, attempts, status, error, errorClass } = execution;
	const facts = { executionId, attempts };
	if (status === 'succeeded') return { ...facts, state: 'succeeded', error: null };
	const isFailure = status === 'failed';
	const message = error?.message ?? (isFailure ? 'It has failed.' : 'It was cancelled.');
	return {
		...facts,
		state: isFailure ? 'failed' : 'cancelled',
		error: { message, errorClass: errorClass ?? 'unknown' },
	};
}

function itemsIn(result: unknown): Item[] {
	if (typeof result !== 'object' || result === null) {
		return result === undefined || result === null ? [] : [{ json: { value: result } }];
	}
	if ('items' in result && Array.isArray(result.items)) return result.items as Item[];
	return [{ json: { ...result } }];
}
