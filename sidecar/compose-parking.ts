import type { Engine } from './engines/engine';
import type { Environment } from './environments/environment';
import type { Sealing } from './environments/sealing';
import { acceptExecutions, type AcceptExecutionPorts } from './executions/accept-executions';
import { cancelExecution, type CancelPorts } from './executions/cancel-execution';
import type { Execution } from './executions/execution';
import type { SettledHook } from './executions/settlements';
import { joinResultToWire } from './http/join-schemas';
import { joinsRoutes } from './http/joins-routes';
import { parkedRoutes } from './http/parked-routes';
import type { Route } from './http/route';
import { purgeParked, tendJoinsJob } from './jobs/housekeeping';
import type { Job } from './jobs/job';
import { resumeParked } from './jobs/resume-parked';
import type { JoinStore } from './joins/join-store';
import { joinResult } from './joins/read-join';
import { keepChildItems, settleChild } from './joins/settle-child';
import type { Clock } from './kernel/clock';
import type { Log } from './monitoring/log';
import type { ParkedMetrics } from './monitoring/parked-metrics';
import { ticketOf } from './parking/park';
import type { ParkedStore } from './parking/parked-store';

export interface ParkingParts {
	parked: ParkedStore;
	joins: JoinStore;
	sealing: Sealing;
	clock: Clock;
	log: Log;
	newId: () => string;
	random: () => number;
	/** Names this process in leases. */
	owner: string;
	metrics: ParkedMetrics;
	resumesAtOnce: number;
	environmentOf(name: string): Promise<Environment>;
	engineOf(name: string): Promise<Engine>;
}

/** The ledger of executions, which runs the children of joins. */
export interface Ledger {
	acceptPorts: AcceptExecutionPorts;
	cancelPorts: CancelPorts;
}

/** Puts the rooms of parked executions and joins together. */
export function composeParking(parts: ParkingParts) {
	const { parked, joins, sealing, newId, clock, environmentOf, engineOf } = parts;
	const resumes = resumeParked({
		parked,
		sealing,
		engineOf,
		resultOf: async ({ joinId }) => {
			const { join, children } = await joinResult({ joins }, joinId ?? '');
			return joinResultToWire(join, children);
		},
		random: parts.random,
		clock,
		log: parts.log,
		owner: parts.owner,
		atOnce: parts.resumesAtOnce,
		onAttempt: ({ environment }, { settlement, settled }) => {
			if (settlement.state !== 'resumed' || settled === null) return;
			parts.metrics.lateness.observe({ environment }, settled.lateMs / 1000);
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
		resumes,
		/** Told of each execution that is settled. */
		hook,
		/** Keeps all that a child gave. */
		keepWhole: async (execution: Pick<Execution, 'idempotencyKey'>, result: unknown) => {
			await keepChildItems({ joins }, execution, result);
		},
		routes: ({ acceptPorts }: Ledger): Route[] => [
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
		jobs: ({ cancelPorts }: Ledger): Job[] => [
			tendJoinsJob({
				...settlePorts,
				engineOf,
				cancelExecution: async (id) => await cancelExecution(cancelPorts, id),
			}),
			purgeParked([parked, joins], clock),
		],
	};
}
