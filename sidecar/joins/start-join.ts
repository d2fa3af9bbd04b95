import type { Engine } from '../engines/port/engine';
import type { Item } from '../engines/port/execution';
import type { NewExecution, Policy } from '../executions/execution';
import { OrchestrationError, isOrchestrationError } from '../kernel/errors';
import type { NewId } from '../kernel/ids';
import type { Waiting } from '../parking/park';
import type { NewParked } from '../parking/parked-store';
import { childKey, type Join, type JoinPolicy } from './join';
import type { JoinStore } from './join-store';

export interface StartPorts {
	joins: JoinStore;
	newId: NewId;
	engineOf(environment: string): Promise<Engine>;
	/** A ticket of the parent that is due when its join says so. */
	ticketOf(environment: string, parent: Waiting, joinId: string): NewParked;
	/** Writes the children down to be run; one that is known stays as it is. */
	accept(children: NewExecution[]): Promise<unknown>;
}

export interface JoinRequest {
	environment: string;
	workflow: string;
	children: Array<{ items: Item[] }>;
	atOnce: number;
	policy: JoinPolicy;
	retry: Partial<Policy>;
	childDeadlineMs: number | null;
	deadlineMs: number | null;
	parent: Waiting;
}

/**
 * Keeps a join with all its children; it is in the database when this resolves. The same parent asked
 * twice is one join, also when the first call was cut off half-way.
 * @throws workflow_not_found, workflow_invalid, idempotency_key_reused
 */
export async function startJoin(
	ports: StartPorts,
	request: JoinRequest,
): Promise<{ join: Join; created: boolean }> {
	const { environment, workflow, children, atOnce, parent } = request;
	await checkPublished(ports, environment, workflow);
	const id = ports.newId();
	const { executionId, nodeId, visit } = parent;
	const kept = await ports.joins.create(
		{
			id,
			environment,
			workflowId: workflow,
			policy: request.policy,
			atOnce,
			childDeadlineMs: request.childDeadlineMs,
			parent: { executionId, nodeId, visit },
			deadlineMs: request.deadlineMs,
			children: children.length,
		},
		ports.ticketOf(environment, parent, id),
	);
	const { join } = kept;
	if (join.started || join.state !== 'running') return kept;
	await ports.accept(
		children.map(({ items }, index) => ({
			environment,
			workflow,
			input: { items },
			idempotencyKey: childKey(join.id, index),
			group: { id: join.id, atOnce },
			policy: request.retry,
			origin: 'join',
		})),
	);
	await ports.joins.markStarted(join.id);
	return { ...kept, join: { ...join, started: true } };
}

/** An engine that cannot be asked now is no reason to refuse: the children wait for it. */
async function checkPublished(
	{ engineOf }: StartPorts,
	environment: string,
	workflow: string,
): Promise<void> {
	const engine = await engineOf(environment);
	try {
		const found = await engine.definitions?.get(workflow);
		if (!found || found.live !== null) return;
		throw new OrchestrationError(
			'workflow_invalid',
			`Workflow "${found.content.name}" is not published in ${environment}, so its children could not ` +
				'run. Publish it first.',
			{ details: { environment, workflowId: workflow } },
		);
	} catch (error) {
		const isAway = isOrchestrationError(error) && error.code.startsWith('engine_');
		if (!isAway) throw error;
	}
}
