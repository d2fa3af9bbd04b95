import type { Engine } from '../engines/port/engine';
import { isTerminalStatus } from '../engines/port/execution';
import { isOrchestrationError } from '../kernel/errors';
import { judgeAtDeadline, type Join } from './join';
import type { SettlePorts } from './settle-child';

export type TendPorts = SettlePorts & {
	engineOf(environment: string): Promise<Engine>;
	/** Cancels an execution of the ledger; one that is over stays as it is. */
	cancelExecution(id: string): Promise<unknown>;
};

/** A parent is looked for so often; it must be missed twice, since one look may be wrong after a crash. */
const parentEveryMs = 30_000;
const missesToEnd = 2;
/** Whoever asked for a join that was never started asks again sooner, or not at all. */
const abandonedAfterMs = 120_000;
const atATime = 100;

/** Ends what is overdue, abandoned or without a parent, and cancels what nobody waits for any more. */
export async function tendJoins(ports: TendPorts): Promise<void> {
	const { joins } = ports;
	await joins.limitChildren();
	for (const id of await joins.overdue(atATime)) await end(ports, id, judgeAtDeadline);
	for (const id of await joins.abandoned(abandonedAfterMs, atATime)) {
		await cancel(ports, id, 'Not all its children arrived: whoever asked for it did not finish.');
	}
	for (const join of await joins.claimParents(parentEveryMs, 20)) await lookForParent(ports, join);
	for (const id of await joins.toCancel(20)) await cancelChildren(ports, id);
}

/** @returns null when it is over already, or unknown */
export async function cancel(
	ports: SettlePorts,
	id: string,
	because: string,
): Promise<Join | null> {
	return await end(ports, id, () => ({ state: 'cancelled', because }));
}

async function end(
	{ joins, onEnded }: SettlePorts,
	id: string,
	judge: Parameters<typeof joins.end>[1],
): Promise<Join | null> {
	const ended = await joins.end(id, judge);
	if (ended) onEnded(ended);
	return ended;
}

async function lookForParent(ports: TendPorts, join: Join): Promise<void> {
	const { id, environment, parent } = join;
	let isThere = true;
	try {
		const engine = await ports.engineOf(environment);
		const status = await engine.executions.statusOf(parent.executionId);
		isThere = status !== null && !isTerminalStatus(status);
	} catch (error) {
		// Nobody knows: it is looked for again.
		if (isOrchestrationError(error)) return;
		throw error;
	}
	if ((await ports.joins.noteParent(id, isThere)) < missesToEnd) return;
	await cancel(
		ports,
		id,
		`Its parent, execution ${parent.executionId}, is over: nobody waits for it.`,
	);
}

async function cancelChildren(ports: TendPorts, id: string): Promise<void> {
	const open = await ports.joins.openExecutions(id, 500);
	for (const executionId of open) {
		try {
			await ports.cancelExecution(executionId);
		} catch (error) {
			// It has ended by itself meanwhile.
			if (!isOrchestrationError(error, 'execution_closed', 'execution_not_found')) throw error;
		}
	}
	if (open.length === 0) await ports.joins.markCancelled(id);
}
