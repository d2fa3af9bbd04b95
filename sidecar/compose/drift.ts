import { aloneByLease } from '../direct-changes/alone';
import type { DirectPorts } from '../direct-changes/direct-ports';
import type { DriftPorts } from '../drift/drift-ports';
import { rememberingPrints } from '../drift/prints';
import { scanDrift } from '../drift/scan';
import { nextRun } from '../drift/schedule';
import type { DispatchState, PausedWorkflow } from '../executions/pause-dispatch';
import { type CodeDispatch, directChangesRoutes } from '../http/direct-changes-routes';
import { driftRoutes } from '../http/drift-routes';
import { scanEnvironments } from '../jobs/scan-drift';
import { registerDriftMetrics } from '../monitoring/drift-metrics';
import type { GatePorts } from '../promotion/gates/gate-ports';
import { promotionUnderWay } from '../promotion/promotion-ports';
import { putBack } from '../promotion/put-back';
import type { Emit } from '../webhooks/system-event';
import type { Foundation } from './foundation';
import type { Part } from './part';

export interface DriftParts {
	promotionPorts: GatePorts;
	/** Goes on with a promotion. */
	drive(id: string): void;
	emit: Emit;
	/** Of executions. */
	setDispatch(workflow: PausedWorkflow, to: 'paused' | 'sent'): Promise<DispatchState>;
}

/** Changes past the promotions, and what differs from what was promoted. */
export function composeDrift(foundation: Foundation, parts: DriftParts) {
	const { stores, clock, newId, environmentOf, engineOf, environments } = foundation;
	const { promotionPorts, drive, emit } = parts;
	const { keepVersion } = promotionPorts;
	registerDriftMetrics(foundation.metrics.registry, stores.drift);
	const direct: DirectPorts & CodeDispatch = {
		environmentOf,
		engineOf,
		versions: stores.versions,
		keepVersion,
		changes: stores.directChanges,
		promotionUnderWay: async (environment) =>
			await promotionUnderWay(stores.promotions, environment),
		setCodeDispatch: async (environment, workflow, to) => {
			const entry = (await engineOf(environment)).executions.entryOfCode?.(workflow);
			return entry
				? await parts.setDispatch({ environment, workflowId: entry.workflowId }, to)
				: null;
		},
		alone: aloneByLease({ leases: stores.leases, clock, newId }),
		clock,
		newId,
	};
	const ports: DriftPorts = {
		drift: stores.drift,
		environmentOf,
		engineOf,
		versions: stores.versions,
		keepVersion,
		promotionUnderWay: direct.promotionUnderWay,
		pausesIn: async (environment) =>
			new Map(
				(await stores.directChanges.pausedIn(environment)).map(
					({ workflowId, pausedBy, reason }) => [
						workflowId,
						`paused by ${pausedBy}${reason === null ? '' : `: ${reason}`}`,
					],
				),
			),
		putBack: async (request) => await putBack(promotionPorts, request),
		emit,
		nextRun,
		defaultSchedule: foundation.config.driftSchedule,
		graphPrintOf: rememberingPrints(),
		clock,
	};
	const part: Part = {
		routes: [
			...directChangesRoutes(direct),
			...driftRoutes({
				...ports,
				stepsOf: async (id) => await stores.promotions.steps(id),
				drive: ({ id }) => {
					drive(id);
				},
			}),
		],
		jobs: [scanEnvironments({ ...ports, environments, log: foundation.log })],
		services: [],
	};
	return {
		...part,
		/** Findings that nobody accepted, for alerts. */
		signal: async (asked: string | null) => {
			const sums = new Map<string, number>();
			for (const { environment, findings } of await stores.drift.count()) {
				if (asked !== null && asked !== environment) continue;
				sums.set(environment, (sums.get(environment) ?? 0) + findings);
			}
			return [...sums].map(([environment, findings]) => ({ environment, findings }));
		},
		/** After a promotion something else is expected, and what was drift may be gone. */
		lookAgain: async (environment: string) => {
			await scanDrift(ports, environment);
		},
	};
}
