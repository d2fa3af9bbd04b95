import { createHash } from 'node:crypto';
import type { Sealing } from '../environments/sealing';
import { OrchestrationError } from '../kernel/errors';
import type { NewId } from '../kernel/ids';
import { isSettled, type Parked, summaryOf, tokenPlace } from './parked';
import type { NewParked, ParkedStore } from './parked-store';

export interface ParkPorts {
	parked: ParkedStore;
	sealing: Sealing;
	newId: NewId;
	/** Looks for what is due there at once. */
	onParked(environment: string): void;
}

/** Who waits where. */
export interface Waiting {
	executionId: string;
	resumeToken: string;
	nodeId: string;
	visit: number;
	workflowId: string | null;
}

/** Keeps an execution to be woken. It is in the database when this resolves. */
export async function park(
	ports: ParkPorts,
	environment: string,
	waiting: Waiting,
	wake: { at: Date } | { inMs: number },
): Promise<{ parked: Parked; created: boolean }> {
	const kept = await ports.parked.park(
		ticketOf(ports, environment, waiting, { wake, joinId: null }),
	);
	ports.onParked(environment);
	return kept;
}

/** The row of a ticket, its token sealed. */
export function ticketOf(
	{ sealing, newId }: Pick<ParkPorts, 'sealing' | 'newId'>,
	environment: string,
	{ executionId, resumeToken, nodeId, visit, workflowId }: Waiting,
	{ wake, joinId }: Pick<NewParked, 'wake' | 'joinId'>,
): NewParked {
	return {
		id: newId(),
		environment,
		executionId,
		tokenDigest: createHash('sha256').update(resumeToken).digest(),
		sealedToken: sealing.seal(resumeToken, tokenPlace(environment, executionId)),
		nodeId,
		visit,
		workflowId,
		joinId,
		wake,
	};
}

/** @throws parked_not_found */
export async function findParked(
	{ parked }: Pick<ParkPorts, 'parked'>,
	id: string,
): Promise<Parked> {
	const found = await parked.find(id);
	if (found) return found;
	throw new OrchestrationError(
		'parked_not_found',
		`Nothing parked has the id ${id}. What is settled is kept for 7 days; GET /api/v1/parked lists it.`,
	);
}

/**
 * Takes a ticket back: nobody wakes the execution any more. Twice is as once.
 * @throws parked_not_found, parked_busy, parked_settled
 */
export async function cancelParked(ports: Pick<ParkPorts, 'parked'>, id: string): Promise<Parked> {
	const cancelled = await ports.parked.cancel(id);
	if (cancelled) return cancelled;
	const found = await findParked(ports, id);
	if (found.state === 'cancelled') return found;
	const details = { state: found.state };
	if (isSettled(found.state)) {
		throw new OrchestrationError(
			'parked_settled',
			`Expected something that still waits, but ${id} is ${found.state}: ${summaryOf(found)}`,
			{ details },
		);
	}
	throw new OrchestrationError(
		'parked_busy',
		`The engine is being asked at this moment to go on with ${id}. Look again in a few seconds.`,
		{ details },
	);
}
