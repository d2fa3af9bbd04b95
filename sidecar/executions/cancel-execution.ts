import type { Engine } from '../engines/port/engine';
import type { Clock } from '../kernel/clock';
import { OrchestrationError, isOrchestrationError } from '../kernel/errors';
import { isSettled, type Execution } from './execution';
import type { ExecutionStore } from './execution-store';
import { searchOf } from './send-attempt';

export interface CancelPorts {
	executions: Pick<ExecutionStore, 'find' | 'cancel' | 'attemptsOf' | 'toStop'>;
	clock: Clock;
	engineOf(environment: string): Promise<Engine>;
	settled(execution: Execution): Promise<void>;
}

/** @throws execution_not_found */
export async function findExecution(
	{ executions }: { executions: Pick<ExecutionStore, 'find'> },
	id: string,
): Promise<Execution> {
	const found = await executions.find(id);
	if (found) return found;
	throw new OrchestrationError(
		'execution_not_found',
		`There is no execution ${id}. GET /api/v1/executions lists them; one that is settled is kept ` +
			'for as long as HISTORY_RETENTION_DAYS says.',
	);
}

/**
 * A queued one never runs; one under way is stopped in the engine as soon as that can be asked. If it
 * ends before, it has ended.
 * @throws execution_not_found, execution_closed
 */
export async function cancelExecution(ports: CancelPorts, id: string): Promise<Execution> {
	const canceled = await ports.executions.cancel(id, ports.clock.now());
	if (canceled === null) {
		const found = await findExecution(ports, id);
		throw new OrchestrationError(
			'execution_closed',
			`Execution ${id} has ${found.status}; only one that is not over can be canceled.`,
			{ details: { id, status: found.status } },
		);
	}
	if (isSettled(canceled.status)) await ports.settled(canceled);
	else await stopIfReachable(ports, canceled);
	return await findExecution(ports, id);
}

/** Asks again for what was canceled or is overdue, and still runs. */
export async function stopUnwanted(ports: CancelPorts, limit = 20): Promise<void> {
	for (const execution of await ports.executions.toStop(limit)) {
		await stopIfReachable(ports, execution);
	}
}

async function stopIfReachable(ports: CancelPorts, execution: Execution): Promise<void> {
	const { environment, id, origin, engineExecutionId } = execution;
	try {
		const { executions } = await ports.engineOf(environment);
		if (origin === 'observed') {
			if (engineExecutionId !== null) await executions.stop(engineExecutionId);
			return;
		}
		const attempt = (await ports.executions.attemptsOf(id)).at(-1);
		if (!attempt) return;
		await executions.stopRun(searchOf(execution, attempt));
	} catch (error) {
		// Not now: it stays marked, and is asked for again.
		if (!isOrchestrationError(error) || error.code === 'database_unavailable') throw error;
	}
}
