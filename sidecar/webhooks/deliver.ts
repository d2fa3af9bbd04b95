import type { LetterRequest } from '../dead-letters/accept-letter';
import type { EngineConnection } from '../engines/port/connection';
import type { Sealing } from '../environments/sealing';
import { isOrchestrationError, OrchestrationError } from '../kernel/errors';
import type { NewTraceparent } from '../kernel/traceparent';
import { afterAttempt, type Outcome } from './after-attempt';
import type { AfterAttempt, ClaimedDelivery, DeliveryStore } from './delivery';
import { addressRequest, workflowRequest } from './delivery-request';
import { letterOf } from './letter-of';
import { send, type SendPorts } from './send';
import type { Target } from './subscription';
import { untilReached } from './until-reached';
import { openSubscription } from './webhook-secrets';

export type OAuth2Client = NonNullable<EngineConnection['oauth2']>;

export interface DeliverPorts extends SendPorts {
	deliveries: Pick<DeliveryStore, 'settle'>;
	/** How to reach an environment. @throws environment_not_found, secret_unreadable */
	connectionTo(environment: string): Promise<EngineConnection>;
	/**
	 * Path of the production webhook of a live workflow; null: it has none for the method.
	 * @throws workflow_not_found, workflow_invalid, engine_*
	 */
	webhookPathOf(environment: string, workflowId: string, method: string): Promise<string | null>;
	/** Starts a workflow without a webhook, once for each delivery. @returns id of the execution */
	startExecution(claimed: ClaimedDelivery, target: WorkflowById): Promise<string>;
	/** @param owner whose client it is, for the cache and for messages */
	accessTokenOf(owner: string, client: OAuth2Client): Promise<string>;
	/** Keeps a dead letter; the same when asked twice. @returns its id; null: the environment is gone */
	keepLetter(environment: string, request: LetterRequest): Promise<string | null>;
	/** What it was kept for was delivered after all. */
	closeLetter(id: string, why: string): Promise<void>;
	sealing: Sealing;
	/** Told of what nobody foresaw. */
	onTrouble(error: unknown): void;
	/** A number in [0, 1). */
	random: () => number;
	newTraceparent: NewTraceparent;
}

export interface WorkflowById {
	environment: string;
	workflowId: string;
}

/**
 * One attempt of a delivery, and where it leaves it.
 * @returns false when another process has it by now
 */
export async function deliver(ports: DeliverPorts, claimed: ClaimedDelivery): Promise<boolean> {
	const { delivery, subscription } = claimed;
	const startedAt = ports.clock.now();
	const outcome = await attempt(ports, claimed).catch((error: unknown) => failureOf(ports, error));
	const now = ports.clock.now();
	const after = afterAttempt(
		outcome,
		delivery.roundAttempts + 1,
		subscription.retry,
		now,
		ports.random(),
	);
	const made = {
		number: delivery.attempts + 1,
		startedAt,
		durationMs: now.getTime() - startedAt.getTime(),
		status: outcome.status,
		error: outcome.ok ? null : outcome.error,
		answer: outcome.answer,
		inDoubt: !outcome.ok && outcome.inDoubt === true,
	};
	const silent = !outcome.ok && outcome.silent === true;
	return await untilReached(ports.clock, async () => {
		const letter = after.state === 'dead' && !outcome.ok ? letterOf(claimed, outcome) : null;
		const letterId = letter && (await ports.keepLetter(letter.environment, letter.request));
		if (outcome.ok && delivery.letterId !== null) {
			await ports.closeLetter(delivery.letterId, `Event ${delivery.eventId} was delivered again.`);
		}
		return await ports.deliveries.settle(delivery, made, endOf(after, letterId, silent), now);
	});
}

function endOf(
	after: ReturnType<typeof afterAttempt>,
	letterId: string | null,
	silent: boolean,
): AfterAttempt {
	if (after.state === 'delivered') return after;
	return after.state === 'dead' ? { ...after, letterId, silent } : { ...after, silent };
}

async function attempt(ports: DeliverPorts, claimed: ClaimedDelivery): Promise<Outcome> {
	const { target } = claimed.subscription;
	return target.kind === 'workflow'
		? await toWorkflow(ports, claimed, target)
		: await toAddress(ports, claimed, target);
}

async function toWorkflow(
	ports: DeliverPorts,
	claimed: ClaimedDelivery,
	{ environment, path, workflowId }: Target & { kind: 'workflow' },
): Promise<Outcome> {
	const { method } = claimed.event;
	const webhook = path ?? (await ports.webhookPathOf(environment, workflowId ?? '', method));
	if (webhook === null) {
		const id = await ports.startExecution(claimed, { environment, workflowId: workflowId ?? '' });
		return { ok: true, status: null, answer: `execution ${id}` };
	}
	const { baseUrl, oauth2 } = await ports.connectionTo(environment);
	const at = {
		baseUrl,
		path: webhook,
		bearer: oauth2 && (await ports.accessTokenOf(`environment ${environment}`, oauth2)),
	};
	const request = workflowRequest(claimed, at, ports.newTraceparent());
	return await send(ports, request, claimed.subscription.timeoutMs);
}

async function toAddress(
	ports: DeliverPorts,
	claimed: ClaimedDelivery,
	{ url, oauth2 }: Target & { kind: 'url' },
): Promise<Outcome> {
	const { subscription } = claimed;
	const secrets = openSubscription(ports.sealing, subscription);
	const owner = `subscription ${subscription.endpoint}/${subscription.name}`;
	const client = oauth2 && { ...oauth2, clientSecret: secrets.clientSecret ?? '' };
	const bearer = client && (await ports.accessTokenOf(owner, client));
	const request = addressRequest(
		claimed,
		{ url, bearer },
		secrets,
		ports.newTraceparent(),
		ports.clock.now(),
	);
	return await send(ports, request, subscription.timeoutMs);
}

/** The next one would fare no better: nobody is there, or something of ours is not as it must be. */
const alikeForAll = [
	'engine_unreachable',
	'engine_timeout',
	'engine_circuit_open',
	'address_not_allowed',
	'secret_unreadable',
] as const;

/** What we cannot even send fails like what is refused: it is tried again and seen. */
function failureOf({ onTrouble }: DeliverPorts, error: unknown): Outcome & { ok: false } {
	if (isOrchestrationError(error, 'database_unavailable')) throw error;
	const known = error instanceof OrchestrationError;
	if (!known) onTrouble(error);
	return {
		ok: false,
		status: null,
		error: known ? `${error.code}: ${error.message}` : 'internal_error: see the log',
		answer: null,
		retryAfterMs: null,
		silent: isOrchestrationError(error, ...alikeForAll),
	};
}
