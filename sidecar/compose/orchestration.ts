import { checkTarget } from '../engines/temporal/orchestration/check-target';
import type { OrchestrationPorts } from '../engines/temporal/orchestration/orchestration-ports';
import { createAcceptOne } from '../executions/accept-one';
import { cancelExecution } from '../executions/cancel-execution';
import { keepChildLetter } from '../executions/keep-child-letter';
import { itemsIn } from '../executions/whole-results';
import { isOrchestrationError } from '../kernel/errors';
import type { composeExecutions } from './executions';
import type { Foundation } from './foundation';

/** What the activities of an orchestration on Temporal do, by the use cases that we have. */
export function orchestrationPorts(
	foundation: Foundation,
	ledger: ReturnType<typeof composeExecutions>,
): OrchestrationPorts {
	const { clock, environmentOf, engineOf } = foundation;
	const { executions, versions, wholeResults } = foundation.stores;
	const { acceptPorts, cancelPorts, settlements, admission, lookPorts } = ledger;
	return {
		clock,
		checkTarget: async ({ environment, workflow, version }) => {
			const bound = await versions.findBinding(workflow, environment);
			const target = { id: bound?.workflowId ?? workflow, isVersioned: version !== null };
			const found = await environmentOf(environment);
			await checkTarget(found, async () => await engineOf(environment), target);
		},
		accept: createAcceptOne(acceptPorts),
		find: async (id) => await executions.find(id),
		wait: async (...call) => (await settlements.wait(...call)).execution,
		cancel: async (id) => {
			try {
				await cancelExecution(cancelPorts, id);
			} catch (error) {
				// It was over before.
				if (!isOrchestrationError(error, 'execution_closed')) throw error;
			}
		},
		attemptsIn: async (groupId) => {
			const found = [];
			for (let after: string | null = null; ;) {
				const page = await executions.list({ groupId }, { limit: pageSize, after });
				found.push(...page);
				after = page.at(-1)?.id ?? null;
				if (page.length < pageSize) return found;
			}
		},
		askPermit: admission.askPermit,
		report: admission.report,
		reserve: async (rateLimit, maxWaitMs) => await admission.reserve(rateLimit, null, maxWaitMs),
		keepLetter: async (execution) => await keepChildLetter(lookPorts, execution),
		itemsOf: async (ids, mostBytes) =>
			(await wholeResults.of(ids, mostBytes))?.map(itemsIn) ?? null,
	};
}

const pageSize = 500;
