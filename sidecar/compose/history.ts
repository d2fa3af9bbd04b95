import { versionOfLetter } from '../dead-letters/version-of-letter';
import type { Engine } from '../engines/port/engine';
import type { ExecutionDetail } from '../engines/port/execution';
import type { Environment } from '../environments/environment';
import { followHistory } from '../executions/follow-history';
import type { OnTrouble } from '../executions/history-ports';
import type { HistoryStore } from '../executions/history-store';
import type { OpenLook } from '../executions/list-executions';
import { keepFailed } from '../executions/single-executions';
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
		follow: async (
			environment: Environment,
			engine: Engine,
			onTrouble: OnTrouble,
			asked?: OpenLook,
		) => {
			await followHistory(ports, environment, engine, onTrouble, asked);
		},
		keepFailed: async (environment: string, engine: Engine, execution: ExecutionDetail) => {
			await keepFailed(ports, environment, engine, execution);
		},
	};
}
