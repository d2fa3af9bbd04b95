import type { Environment } from '../environments/environment';
import { digestOf } from '../kernel/canonical-json';
import type { Clock } from '../kernel/clock';
import { OrchestrationError } from '../kernel/errors';
import type { NewId } from '../kernel/ids';
import { defaultPolicy, type Execution, type NewExecution } from './execution';
import type { Accepted, ExecutionRequest, ExecutionStore } from './execution-store';
import { redactInput, type Redaction } from './redaction';

export interface AcceptExecutionPorts {
	executions: Pick<ExecutionStore, 'accept'>;
	clock: Clock;
	newId: NewId;
	/** @throws environment_not_found */
	environmentOf(name: string): Promise<Environment>;
	/**
	 * How a workflow that is code is always written; null: workflows of the environment are definitions.
	 * Asks nobody. @throws workflow_invalid, capability_missing when it could never be run
	 */
	codeNameOf(environment: Environment, request: NewExecution): Promise<string | null>;
	/**
	 * Refuses an input that could never be run with; asks nobody.
	 * @throws invalid_request
	 */
	assertInput(environment: Environment, request: NewExecution): void;
	redaction: Redaction;
	/** Seals what the rules hide of an input. */
	seal(text: string, place: string): string;
	/** Tells the dispatcher that there is work in these environments. */
	onQueued(environments: string[]): void;
}

/**
 * Writes work down, all or none, in the order asked; it is durable when this resolves. A known
 * idempotency key gives the execution that is there. Never asks the engine.
 * @param accept default: they wait in the queue for their turn
 * @throws environment_not_found, idempotency_key_reused, version_not_found, workflow_invalid,
 * capability_missing, invalid_request
 */
export async function acceptExecutions(
	ports: AcceptExecutionPorts,
	requests: NewExecution[],
	accept: (prepared: ExecutionRequest[]) => Promise<Accepted[]> = ports.executions.accept,
): Promise<Execution[]> {
	if (requests.length === 0) return [];
	const prepared = await prepareExecutions(ports, requests);
	const accepted = await accept(prepared);
	const queued = accepted.filter(({ created, claim }) => created && claim === null);
	if (queued.length > 0) ports.onQueued(queued.map(({ execution }) => execution.environment));
	return accepted.map(({ execution, inputDigest }, at) => {
		const wanted = prepared[at];
		if (wanted && inputDigest !== wanted.inputDigest) throw keyReused(execution);
		return execution;
	});
}

export async function prepareExecutions(
	ports: AcceptExecutionPorts,
	requests: NewExecution[],
): Promise<ExecutionRequest[]> {
	const now = ports.clock.now();
	const workflows = new Map<string, ReturnType<typeof workflowIn>>();
	const prepared: ExecutionRequest[] = [];
	for (const request of requests) {
		const { environment, workflow, version = '' } = request;
		const name = `${environment} ${workflow} ${version ?? ''}`;
		const found = workflows.get(name) ?? workflowIn(ports, request);
		workflows.set(name, found);
		const { place, workflowId } = await found;
		ports.assertInput(place, request);
		prepared.push(prepare(ports, request, workflowId, now));
	}
	return prepared;
}

async function workflowIn(ports: AcceptExecutionPorts, request: NewExecution) {
	const { environment, workflow } = request;
	const place = await ports.environmentOf(environment);
	const code = await ports.codeNameOf(place, request);
	return { place, workflowId: code ?? workflow };
}

function prepare(
	ports: AcceptExecutionPorts,
	request: NewExecution,
	workflowId: string,
	now: Date,
): ExecutionRequest {
	const { input, group = null, notBefore } = request;
	const id = ports.newId();
	const shownInput = redactInput(ports.redaction, input);
	return {
		id,
		environment: request.environment,
		workflowId,
		workflowName: null,
		status: 'queued',
		outcome: null,
		origin: request.origin,
		retryOf: request.retryOf ?? null,
		tenant: request.tenant ?? null,
		priority: request.priority ?? 0,
		idempotencyKey: request.idempotencyKey ?? null,
		inputDigest: digestOf({ input, version: request.version ?? null }),
		groupId: group?.id ?? null,
		group,
		versionId: request.version ?? null,
		wantedVersion: request.version ?? null,
		engineExecutionId: null,
		mode: null,
		attempts: 0,
		// Null: now, by the database's clock.
		dueAt: notBefore && notBefore > now ? notBefore : null,
		deadline: request.deadline ?? null,
		cancelRequested: false,
		error: null,
		errorClass: null,
		letterId: null,
		acceptedAt: now,
		startedAt: null,
		finishedAt: null,
		shownInput,
		sealedInput: shownInput === input ? null : ports.seal(JSON.stringify(input), inputPlace(id)),
		policy: { ...defaultPolicy, ...request.policy },
		result: null,
		resultTruncated: false,
	};
}

/** Where the box around an input stands. */
export function inputPlace(id: string): string {
	return `executions/${id}/input`;
}

function keyReused({ id, idempotencyKey, workflowId }: Execution): OrchestrationError {
	return new OrchestrationError(
		'idempotency_key_reused',
		`Expected the same payload for the idempotencyKey "${idempotencyKey ?? ''}" of workflow ` +
			`${workflowId} as the first time, got another one. Execution ${id} has that key: use a new ` +
			'key for new work.',
		{ details: { executionId: id } },
	);
}
