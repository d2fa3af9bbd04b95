import { registerParkedMetrics } from '../monitoring/parked-metrics';
import type { Foundation } from './foundation';
import type { Part } from './part';
import { acceptExecutions, type AcceptExecutionPorts } from '../executions/accept-executions';
import { cancelExecution, type CancelPorts } from '../executions/cancel-execution';
import type { Execution } from '../executions/execution';
import type { SettledHook } from '../executions/settlements';
import { joinResultToWire } from '../http/join-schemas';
import { joinsRoutes } from '../http/joins-routes';
import { parkedRoutes } from '../http/parked-routes';
import { purgeParked, tendJoinsJob } from '../jobs/housekeeping';
import { resumeParked } from '../jobs/resume-parked';
import { joinResult } from '../joins/read-join';
import { keepChildItems, settleChild } from '../joins/settle-child';
import { ticketOf } from '../parking/park';

/** The ledger of executions, which runs the children of joins. */
export interface Ledger {
	acceptPorts: AcceptExecutionPorts;
	cancelPorts: CancelPorts;
}

/** Puts the rooms of parked executions and joins together. */
export function composeParking(foundation: Foundation) {
	const { sealing, newId, clock, environmentOf, engineOf, random, log, owner } = foundation;
	const { parked, joins } = foundation.stores;
	const metrics = registerParkedMetrics(
		foundation.metrics.registry,
		async () => await parked.count(),
	);
	const resumes = resumeParked({
		parked,
		sealing,
		engineOf,
		resultOf: async ({ joinId }) => {
			const { join, children } = await joinResult({ joins }, joinId ?? '');
			return joinResultToWire(join, children);
		},
		random,
		clock,
		log,
		owner,
		atOnce: foundation.config.resumesAtOnce,
		onAttempt: ({ environment }, { settlement, settled }) => {
			if (settlement.state !== 'resumed' || settled === null) return;
			metrics.lateness.observe({ environment }, settled.lateMs / 1000);
		},
	});
	const settlePorts = { joins, onEnded: resumes.look };
	const hook: SettledHook = {
		concerns: ({ origin }) => origin === 'join',
		tell: async (execution) => {
			await settleChild(settlePorts, execution);
		},
	};
	return {
		/** Told of each execution that is settled. */
		hook,
		/** Keeps all that a child gave. */
		keepWhole: async (execution: Pick<Execution, 'idempotencyKey'>, result: unknown) => {
			await keepChildItems({ joins }, execution, result);
		},
		/** Its children are run by the ledger. */
		part: ({ acceptPorts, cancelPorts }: Ledger): Part => ({
			routes: [
				...parkedRoutes({
					parked,
					sealing,
					newId,
					environmentOf,
					onParked: resumes.look,
					now: () => clock.now(),
				}),
				...joinsRoutes({
					...settlePorts,
					newId,
					environmentOf,
					engineOf,
					ticketOf: (environment, parent, joinId) =>
						ticketOf({ sealing, newId }, environment, parent, { wake: null, joinId }),
					accept: async (children) => await acceptExecutions(acceptPorts, children),
				}),
			],
			jobs: [
				tendJoinsJob({
					...settlePorts,
					engineOf,
					cancelExecution: async (id) => await cancelExecution(cancelPorts, id),
				}),
				purgeParked([parked, joins], clock),
			],
			services: [resumes],
		}),
	};
}
