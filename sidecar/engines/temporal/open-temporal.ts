import type { RunSearch } from '../port/run';
import { isOrchestrationError } from '../../kernel/errors';
import { checkNamespace } from './check-namespace';
import { describeRun } from './describe-run';
import { changesSince, listRuns } from './list-runs';
import { glanceAt, readDetail } from './read-detail';
import { readRecord } from './read-run';
import { resetRun } from './reset-run';
import { readRunId, workflowIdOf } from './run-id';
import { outcomeOfRun } from './run-outcome';
import { openSession } from './session';
import { startRun } from './start-run';
import { stopRun } from './stop-run';
import { lacking } from './lacking';
import type { TemporalEngineOptions } from './temporal-engine';

const defaultPatienceMs = 10_000;

/** The verbs of the port. Loads the packages of Temporal. */
export function openTemporal(options: TemporalEngineOptions) {
	const session = openSession(options);
	const { cancelPatienceMs = defaultPatienceMs } = options;
	const latest = ({ runKey }: RunSearch) => ({ workflowId: workflowIdOf(runKey) });
	return {
		check: async () => await checkNamespace(session),
		executions: {
			call: async () => lacking('webhook to call'),
			// Whatever we begin is found by `findRun`.
			findCall: async () => null,
			resume: async () => lacking('parked execution'),
			glance: async (id: string) => await glanceAt(session, readRunId(id)),
			outcomeOf: async (id: string) => await outcomeOfRun(session, readRunId(id)),
			list: async (query: Parameters<typeof listRuns>[1]) => await listRuns(session, query),
			get: async (id: string) => await readDetail(session, readRunId(id)),
			retry: async (id: string) => await resetRun(session, readRunId(id)),
			retriesOf: async (id: string) => {
				const { workflowId, raw } = await describeRun(session, readRunId(id));
				const runId = raw.workflowExtendedInfo?.resetRunId;
				if (!runId) return [];
				const again = await describeRun(session, { workflowId, runId });
				return [{ ...readRecord(again, session.taskQueue), retryOf: id }];
			},
			stop: async (id: string) => {
				await stopRun(session, readRunId(id), cancelPatienceMs);
			},
			statusOf: async (id: string) =>
				(await unlessGone(async () => await glanceAt(session, readRunId(id))))?.status ?? null,
			run: async (request: Parameters<typeof startRun>[1]) => await startRun(session, request),
			stopRun: async (search: RunSearch) =>
				await stopRun(session, latest(search), cancelPatienceMs),
			findRun: async (search: RunSearch) =>
				await unlessGone(async () => await outcomeOfRun(session, latest(search))),
			changedSince: async (since: Date) => await changesSince(session, since),
		},
	};
}

async function unlessGone<T>(read: () => Promise<T>): Promise<T | null> {
	try {
		return await read();
	} catch (error) {
		if (isOrchestrationError(error, 'execution_not_found')) return null;
		throw error;
	}
}
