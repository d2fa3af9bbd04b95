import type { EngineWorkflow } from '../engines/port/workflow';
import { OrchestrationError } from '../kernel/errors';
import type { Promotion } from '../promotion/promotion';
import { movedSince } from '../direct-changes/revision';
import type { DriftKind } from './drift';
import { definitionsIn, type DriftPorts, type PutBackRequest } from './drift-ports';
import type { DriftFinding, Expectation } from './drift-store';
import { expectationOf } from './expectations';
import { scanDrift, type Scan } from './scan';

export interface SettleRequest {
	environment: string;
	/** Key or id. */
	workflow: string;
	/** `revision` of what was looked at; null: whatever it is now. */
	basedOn: string | null;
	actor: string;
}

/**
 * Expects a workflow to be as it is now, as a version; of one that is gone nothing is expected any more.
 * Also takes in one that was never promoted.
 * @throws workflow_not_found, drift_moved, drift_not_found
 */
export async function adoptDrift(ports: DriftPorts, request: SettleRequest): Promise<Scan> {
	const { environment, actor } = request;
	const definitions = await definitionsIn(ports, environment);
	// Learns what was promoted meanwhile, so that the adoption is the last word.
	await scanDrift(ports, environment);
	const expectation = await findExpectation(ports, request);
	const id = expectation?.workflowId ?? request.workflow;
	const [workflows, credentials] = await Promise.all([
		definitions.listFull(),
		definitions.listCredentials(),
	]);
	const actual = workflows.find((workflow) => workflow.id === id);
	assertAsSeen(request, actual);
	if (!actual) {
		if (!expectation) throw notManaged(request);
		await ports.drift.forget(environment, expectation.workflowKey);
	} else {
		const scene = {
			environment,
			workflows: new Map([[actual.id, actual]]),
			credentials: new Set(credentials.map((credential) => credential.id)),
		};
		await ports.drift.expect(
			await expectationOf(ports, scene, actual, {
				source: 'adopted',
				promotionId: null,
				expectedBy: actor,
				expectedAt: ports.clock.now(),
			}),
		);
	}
	return await scanDrift(ports, environment);
}

/**
 * Begins a promotion of what is expected: planned, sealed, fenced, seen live and kept as any other. Tags, which
 * promotions leave alone, are put back with it, unless a gate is closed: then it waits there.
 * @throws drift_not_found, drift_moved, promotion_blocked, promotion_environment_busy
 */
export async function revertDrift(
	ports: DriftPorts,
	request: Omit<SettleRequest, 'actor'> &
		Pick<PutBackRequest, 'actor'> & { message: string | null },
): Promise<Promotion> {
	const { environment, actor } = request;
	const definitions = await definitionsIn(ports, environment);
	const { findings } = await scanDrift(ports, environment);
	const expectation = await findExpectation(ports, request);
	if (!expectation) throw notManaged(request);
	const { workflowKey, workflowId, draft, live } = expectation;
	const own = findings.filter((each) => each.workflowKey === workflowKey);
	if (own.length === 0) throw noDrift(expectation);
	if (own.some(({ kind }) => kind === 'deleted')) throw gone(expectation);
	const actual = await definitions.get(workflowId);
	assertAsSeen(request, actual);
	const message = request.message ?? `back to what was expected of "${actual.content.name}"`;
	const wanted = { environment, workflowKey, workflowId, draft, live, message, actor };
	const promotion = await ports.putBack(wanted);
	if (promotion.phase === 'applying' && own.some(({ kind }) => kind === 'tags')) {
		await definitions.setTags?.(
			workflowId,
			expectation.tags.map(({ id }) => id),
		);
	}
	return promotion;
}

/**
 * Nobody hears of a drift until a date, as long as it stays as it is.
 * @throws drift_not_found, invalid_request
 */
export async function acceptDrift(
	ports: DriftPorts,
	request: Omit<SettleRequest, 'basedOn'> & {
		/** Null: all that are open. */
		kinds: DriftKind[] | null;
		until: Date;
		reason: string;
	},
): Promise<DriftFinding[]> {
	const { environment, kinds, until, reason, actor } = request;
	if (until <= ports.clock.now()) {
		throw new OrchestrationError(
			'invalid_request',
			`Expected until to be in the future, got ${until.toISOString()}.`,
		);
	}
	const expectation = await findExpectation(ports, request);
	if (!expectation) throw notManaged(request);
	const { workflowKey } = expectation;
	const open = (await ports.drift.findings(environment)).filter(
		(each) => each.workflowKey === workflowKey && (kinds === null || kinds.includes(each.kind)),
	);
	const accepted = await ports.drift.accept(
		environment,
		workflowKey,
		open.map(({ kind }) => kind),
		{ until, reason, by: actor },
	);
	if (accepted === 0) throw noDrift(expectation);
	return (await ports.drift.findings(environment)).filter(
		(each) => each.workflowKey === workflowKey,
	);
}

async function findExpectation(
	ports: DriftPorts,
	{ environment, workflow }: Pick<SettleRequest, 'environment' | 'workflow'>,
): Promise<Expectation | null> {
	const all = await ports.drift.expectationsIn(environment);
	return (
		all.find(
			({ workflowKey, workflowId }) => workflow === workflowKey || workflow === workflowId,
		) ?? null
	);
}

function assertAsSeen(
	{ basedOn }: Pick<SettleRequest, 'basedOn'>,
	actual: EngineWorkflow | undefined,
): void {
	if (basedOn === null || !actual) return;
	const moved = movedSince(basedOn, actual);
	if (moved.length === 0) return;
	throw new OrchestrationError(
		'drift_moved',
		`Workflow "${actual.content.name}" (${actual.id}) ${moved.join(' and ')} since you looked. Look again with GET …/drift.`,
		{ details: { workflowId: actual.id, moved } },
	);
}

function notManaged({ environment, workflow }: Pick<SettleRequest, 'environment' | 'workflow'>) {
	return new OrchestrationError(
		'drift_not_found',
		`Nothing is expected of workflow ${workflow} in ${environment}: it was never promoted there. Adopt it as it is with POST /api/v1/environments/${environment}/drift/adopt and its id.`,
		{ details: { environment, workflow } },
	);
}

function noDrift({ environment, workflowKey }: Expectation): OrchestrationError {
	return new OrchestrationError(
		'drift_not_found',
		`Workflow ${workflowKey} of ${environment} is as it is expected to be.`,
		{ details: { environment, workflowKey } },
	);
}

function gone({ environment, workflowId, workflowKey }: Expectation): OrchestrationError {
	return new OrchestrationError(
		'workflow_not_found',
		`Workflow ${workflowKey} (${workflowId}) is gone from ${environment}. If it was deleted here, put it back with POST /api/v1/environments/${environment}/workflows/${workflowId}/restore; else promote it again with its mapping set to "create", or adopt that it is gone.`,
		{ details: { environment, workflowId, workflowKey } },
	);
}
