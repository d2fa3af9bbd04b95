import type { Engine } from '../engines/port/engine';
import type { ExecutionDetail, Item } from '../engines/port/execution';
import type { WorkflowContent } from '../engines/port/workflow';
import type { Clock } from '../kernel/clock';
import type { NewTraceparent } from '../kernel/traceparent';
import type { Attempt, Execution, Input } from './execution';
import type { ExecutionStep, ExecutionStore, Failure } from './execution-store';
import type { Redaction } from './redaction';

/** Whether an attempt may be sent now, by its circuit, its rate limit and its tenant's quota. */
export type Admission =
	| {
			go: true;
			/** Tells the circuit how it went; null: it cannot be blamed. */
			report(went: 'well' | 'badly' | null): Promise<void>;
	  }
	| { go: false; at: Date };

/** All a dead letter is made of. */
export interface LostWork {
	execution: Execution;
	failure: Failure;
	/** What started it; null: its trigger is not known. */
	trigger: { node: string; items: Item[] } | null;
	items: Item[];
	ran: WorkflowContent | null;
	failedInput: Item[];
	versionId: string | null;
}

export interface DispatchPorts {
	executions: ExecutionStore;
	clock: Clock;
	/** A number in [0, 1). */
	random: () => number;
	newTraceparent: NewTraceparent;
	/** Names this process in leases. */
	owner: string;
	/** @throws environment_not_found, engine_* */
	engineOf(environment: string): Promise<Engine>;
	/** A version with the ids of the environment. @throws version_not_found, replay_not_possible */
	contentOf(versionId: string, environment: string): Promise<WorkflowContent>;
	/** What is sent. @throws secret_unreadable */
	inputOf(execution: Execution): Input;
	redaction: Redaction;
	admit(execution: Execution): Promise<Admission>;
	/** Keeps the result of a child, neither redacted nor cut, before it counts as succeeded. */
	keepWhole(execution: Execution, result: unknown): Promise<void>;
	/** Keeps a dead letter; the same execution twice is one letter. @returns its id */
	keepLetter(lost: LostWork): Promise<string>;
	/** Id of the version of ours that ran; null: none that we have. */
	versionThatRan(environment: string, execution: ExecutionDetail): Promise<string | null>;
	/** Told of every change, after it is written. */
	onStep(execution: Execution, step: ExecutionStep, at: Date): void;
	/** Told when it is settled, with its last attempt; what was not told is told again later. */
	settled(execution: Execution, attempt: Attempt): Promise<void>;
	/** Whether somebody wants to be told. */
	isAwaited(execution: Execution): boolean;
}

/** How long an execution is held without a sign of life. */
export const leaseMs = 15_000;
