import type { Engine } from '../engines/port/engine';
import type { ExecutionRecord } from '../engines/port/execution';
import type { Outcome, Status } from './execution';
import type { HistoryPorts } from './history-ports';
import type { Observed } from './history-store';

/** As rows of the history; runs of the machinery of the sidecar are none. */
export async function observedOf(
	ports: HistoryPorts,
	environment: string,
	engine: Engine,
	records: ExecutionRecord[],
): Promise<Observed[]> {
	const observed: Observed[] = [];
	for (const record of records) {
		if (engine.executions.isOwn(record.workflowId)) continue;
		const workflowName = await ports.nameOf(environment, record.workflowId, engine);
		observed.push({ ...toObserved(record, ports), workflowName });
	}
	return observed;
}

export function toObserved(record: ExecutionRecord, { newId, clock }: HistoryPorts): Observed {
	const { status, outcome } = standingOf(record.status);
	const { startedAt, stoppedAt } = record;
	return {
		id: newId(),
		workflowId: record.workflowId,
		workflowName: null,
		engineExecutionId: record.id,
		mode: record.mode,
		status,
		outcome,
		startedAt: startedAt ? new Date(startedAt) : clock.now(),
		finishedAt: outcome === null ? null : new Date(stoppedAt ?? startedAt ?? clock.now()),
	};
}

export function standingOf(status: ExecutionRecord['status']): {
	status: Status;
	outcome: Outcome | null;
} {
	switch (status) {
		case 'success':
			return { status: 'succeeded', outcome: 'success' };
		case 'error':
			return { status: 'failed', outcome: 'error' };
		case 'crashed':
			return { status: 'failed', outcome: 'crashed' };
		case 'canceled':
			return { status: 'canceled', outcome: 'canceled' };
		case 'waiting':
			return { status: 'waiting', outcome: null };
		default:
			return { status: 'running', outcome: null };
	}
}
