import { executionsRoutes } from '../http/executions-routes';
import { executionJobs } from '../jobs/execution-jobs';
import { registerExecutionMetrics } from '../monitoring/execution-metrics';
import { registerRecentMetrics } from '../monitoring/recent-metrics';
import { recentRuns } from '../storage/recent-runs';
import type { Foundation } from './foundation';
import type { Part } from './part';
import type { AcceptPorts, LetterRequest } from '../dead-letters/accept-letter';
import { versionOfLetter } from '../dead-letters/version-of-letter';
import type { WorkflowContent } from '../engines/port/workflow';
import { orchestrationIn } from '../engines/temporal/orchestration/assert-orchestration';
import { isShipped } from '../engines/temporal/orchestration/shipped';
import { inputPlace, type AcceptExecutionPorts } from '../executions/accept-executions';
import { createAcceptOne } from '../executions/accept-one';
import { admit, type AdmissionPorts } from '../executions/admission';
import type { CancelPorts } from '../executions/cancel-execution';
import type { LostWork } from '../executions/dispatch-ports';
import type { Execution, Input } from '../executions/execution';
import { createPace } from '../executions/pace';
import type { PerformPorts } from '../executions/perform-execution';
import type { PausePorts } from '../executions/pause-dispatch';
import { createRedaction } from '../executions/redaction';
import { createRunPlans } from '../executions/run-plans';
import { createSettlements, type SettledHook } from '../executions/settlements';
import { createDispatcher } from '../jobs/dispatcher';
import { OrchestrationError } from '../kernel/errors';
import type { Emit } from '../webhooks/system-event';
import type { WorkflowVersion } from '../workflow-versions/version';

export interface ExecutionParts {
	letters: {
		ports: AcceptPorts;
		keep(environment: string, request: LetterRequest): Promise<string>;
	};
	admission: AdmissionPorts;
	contentIn(version: WorkflowVersion, environment: string): Promise<WorkflowContent>;
	/** Keeps the whole of what a child gave. */
	keepWhole: PerformPorts['keepWhole'];
	emit: Emit;
	/** Told when an execution is settled. */
	onSettled: readonly SettledHook[];
}

type Ports = Foundation & ExecutionParts;

/** Puts the room of executions together. */
export function composeExecutions(foundation: Foundation, asked: ExecutionParts) {
	const parts: Ports = { ...foundation, ...asked };
	const { clock, sealing, log, config, lately } = foundation;
	const { executions, versions } = foundation.stores;
	const metrics = registerExecutionMetrics(foundation.metrics.registry, executions);
	registerRecentMetrics(foundation.metrics.registry, async () => await recentRuns(foundation.pool));
	const redaction = createRedaction(config.redactionRules);
	const hooks = [...parts.onSettled, closeLetterOfFirst(parts), tellWhoAsked(parts)];
	const settlements = createSettlements({
		executions,
		hooks,
		clock,
		onTrouble: (id, error) => {
			log.warn({ execution: id, err: error }, 'a settled execution is told of again later');
		},
	});
	const inputOf = ({ id, shownInput, sealedInput }: Execution): Input =>
		sealedInput === null
			? (shownInput ?? { payload: {} })
			: (JSON.parse(sealing.open(sealedInput, inputPlace(id))) as Input);
	const performPorts: PerformPorts = {
		executions,
		clock,
		random: parts.random,
		newTraceparent: parts.newTraceparent,
		owner: parts.owner,
		engineOf: lately.engineOf,
		contentOf: contentOf(parts),
		inputOf,
		redaction,
		admit: async (execution) => await admit(parts.admission, execution),
		keepWhole: parts.keepWhole,
		keepLetter: async (lost) => await keepLetter(parts, lost),
		versionThatRan: async (environment, { workflowId, ran }) =>
			await versionOfLetter(versions, environment, workflowId, ran),
		onStep: (execution, step, at) => {
			metrics.onStep(execution, step, at);
			const facts = { execution: execution.id, environment: execution.environment, to: step.to };
			log.debug(facts, 'execution');
		},
		settled: settlements.settled,
		isAwaited: settlements.isAwaited,
		plans: createRunPlans({ engineOf: lately.engineOf, contentOf: contentOf(parts), clock }),
		pace: createPace({ now: () => clock.now().getTime() }),
	};
	const dispatcher = createDispatcher({ ...performPorts, log });
	const acceptPorts: AcceptExecutionPorts = {
		executions,
		clock,
		newId: parts.newId,
		environmentOf: lately.environmentOf,
		codeNameOf: async ({ name, engine }, { workflow, version }) => {
			if (engine === 'n8n') return null;
			const entry = (await parts.engineOf(name)).executions.entryOfCode?.(workflow);
			if (!entry || !version) return entry?.workflowId ?? null;
			throw new OrchestrationError(
				'capability_missing',
				`Workflows of ${name} are code of your own, of which no versions are kept here: leave out version ${version}, and what its workers run now is run.`,
				{ details: { environment: name } },
			);
		},
		assertInput: (environment, request) => {
			orchestrationIn(environment, request);
		},
		redaction,
		seal: (text, place) => sealing.seal(text, place),
		onQueued: dispatcher.onQueued,
	};
	const cancelPorts: CancelPorts = {
		executions,
		clock,
		engineOf: parts.engineOf,
		settled: settlements.settled,
	};
	const pausePorts: PausePorts = { executions, nudge: dispatcher.nudge };
	const part: Part = {
		routes: executionsRoutes({
			...acceptPorts,
			...cancelPorts,
			inputOf,
			settlements,
			executions,
			acceptOne: createAcceptOne(acceptPorts, {
				...dispatcher.atOnce,
				owner: parts.owner,
				newTraceparent: parts.newTraceparent,
			}),
			reaches: async (request) => {
				if (!isShipped(request.workflow)) return null;
				const place = await parts.environmentOf(request.environment);
				return orchestrationIn(place, request)?.environment ?? null;
			},
		}),
		jobs: executionJobs({
			...cancelPorts,
			executions,
			settlements,
			retentionDays: config.historyRetentionDays,
		}),
		services: [dispatcher],
	};
	return {
		...part,
		acceptPorts,
		cancelPorts,
		pausePorts,
		lookPorts: performPorts,
		settlements,
		admission: parts.admission,
	};
}

function contentOf({ stores: { versions }, contentIn }: Ports) {
	return async (id: string, environment: string): Promise<WorkflowContent> => {
		const version = await versions.find(id);
		if (version) return await contentIn(version, environment);
		throw new OrchestrationError('version_not_found', `There is no version ${id} to run.`);
	};
}

async function keepLetter({ letters }: Ports, lost: LostWork): Promise<string> {
	const { execution, failure, trigger, items, ran, failedInput, versionId } = lost;
	return await letters.keep(execution.environment, {
		origin: 'execution',
		// What the engine ran for it is no letter of its own: the ledger has tried it again already.
		dedupKey: `ledger:${execution.id}`,
		workflowId: execution.workflowId,
		workflowName: execution.workflowName,
		executionId: execution.engineExecutionId,
		trigger,
		// Without a trigger to give it to, what came in is still kept.
		failedInput: trigger === null ? items : failedInput,
		ran,
		versionId,
		error: failure.error,
		errorClass: failure.errorClass,
		note: `Execution ${execution.id}, ${execution.attempts} attempts.`,
	});
}

/** A retry that succeeded answers for the one that failed. */
function closeLetterOfFirst({ stores, clock }: Ports): SettledHook {
	const { executions, letters } = stores;
	return {
		concerns: ({ retryOf }) => retryOf !== null,
		tell: async ({ id, retryOf, status }) => {
			if (status !== 'succeeded' || retryOf === null) return;
			for (let first = await executions.find(retryOf); first;) {
				const { letterId, retryOf: before } = first;
				if (letterId !== null) {
					const note = `Execution ${id}, a retry of it, has succeeded.`;
					const open = ['waiting', 'scheduled', 'expired'] as const;
					await letters.move(letterId, [...open], 'resolved', note, clock.now());
				}
				first = before === null ? null : await executions.find(before);
			}
		},
	};
}

/** The end of an execution that asked for it is an event; told twice, it is one. */
function tellWhoAsked({ emit }: Ports): SettledHook {
	return {
		concerns: ({ policy }) => policy?.notify === true,
		tell: async (execution) => {
			const { id, environment, workflowId, status, outcome, error, letterId, result } = execution;
			await emit({
				type: 'execution.finished',
				subject: id,
				environment,
				data: { id, workflowId, status, outcome, error, letterId, result },
				dedupId: id,
			});
		},
	};
}
