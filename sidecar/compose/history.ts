import { versionOfLetter } from '../dead-letters/version-of-letter';
import type { Engine } from '../engines/port/engine';
import type { ExecutionDetail } from '../engines/port/execution';
import type { Environment } from '../environments/environment';
import { followHistory, noteFailure } from '../executions/follow-history';
import type { HistoryStore } from '../executions/history-store';
import type { OpenLook } from '../executions/list-executions';
import { workflowNames } from '../executions/workflow-names';
import type { Clock } from '../kernel/clock';
import type { NewId } from '../kernel/ids';
import type { VersionStore } from '../workflow-versions/version-store';

/** Puts together what keeps the history of the environments. */
export function composeHistory(parts: {
	history: HistoryStore;
	versions: VersionStore;
	clock: Clock;
	newId: NewId;
}) {
	const ports = {
		...parts,
		nameOf: workflowNames(parts.clock),
		versionThatRan: async (environment: string, { workflowId, ran }: ExecutionDetail) =>
			await versionOfLetter(parts.versions, environment, workflowId, ran),
	};
	return {
		follow: async (environment: Environment, engine: Engine, asked?: OpenLook) => {
			await followHistory(ports, environment, engine, asked);
		},
		noteFailure: async (environment: string, execution: ExecutionDetail) => {
			await noteFailure(ports, environment, execution);
		},
	};
}
