import type { LostWork } from '../../../sidecar/executions/dispatch-ports';
import type { Execution, Status } from '../../../sidecar/executions/execution';
import type { ExecutionClaim, ExecutionStep } from '../../../sidecar/executions/execution-store';
import type { LookPorts } from '../../../sidecar/executions/look-after';
import { refusal, type FakeEngine } from '../dead-letters/fake-engine';

export const traceparent = 'trace-1';
export const engineExecutionId = '7';

/** A claim on one that the engine has as execution 7. */
export function claimOf(status: Status, sentAt: number): ExecutionClaim {
	const ours = {
		id: 'ours',
		environment: 'production',
		workflowId: 'orders',
		status,
		origin: 'api',
		attempts: 1,
		deadline: null,
		cancelRequested: false,
		policy: null,
		engineExecutionId,
		wantedVersion: null,
	} as Partial<Execution> as Execution;
	const attempt: ExecutionClaim['attempt'] = {
		executionId: ours.id,
		number: 1,
		route: 'webhook',
		status: 'running',
		traceparent,
		engineExecutionId,
		message: null,
		sentAt: new Date(sentAt),
		finishedAt: null,
	};
	return { execution: ours, attempt, fence: 1 };
}

/** What a look needs; what it writes and keeps goes where the test says. */
export function lookPorts({
	clock,
	engine,
	keepLetter,
	onStep,
}: {
	clock: LookPorts['clock'];
	engine: FakeEngine;
	keepLetter(lost: LostWork): Promise<string>;
	onStep(step: ExecutionStep): void;
}): LookPorts {
	const asked: Partial<LookPorts> = {
		clock,
		random: () => 0,
		executions: {
			find: async () => null,
			step: async ({ execution, attempt }, step) => {
				onStep(step);
				return { execution, attempt };
			},
		} as Partial<LookPorts['executions']> as LookPorts['executions'],
		engineOf: async () => {
			engine.before('engine');
			return engine;
		},
		inputOf: () => ({ payload: { order: 7 } }),
		keepLetter,
		versionThatRan: async () => null,
		onStep: () => undefined,
		settled: async () => undefined,
		isAwaited: () => false,
		plans: {
			planOf: async () => {
				engine.before('plan');
				throw refusal('workflow_not_found');
			},
		} as Partial<LookPorts['plans']> as LookPorts['plans'],
	};
	return asked as LookPorts;
}
