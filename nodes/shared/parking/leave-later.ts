import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import type { Parked as ParkedTicket } from '../../../sidecar/contract/parking';
import { connectSidecar } from '../sidecar-client';
import { credentialTypeOf } from '../sidecar-credentials';
import { LONGEST_SLEEP_MS, waitInProcess } from '../waiting';
import type { LongWaits } from './long-waits';
import { keepParked } from './parked-state';
import { suspend } from './suspend';
import { type Ticket, ticketOf } from './ticket';

/** Below this a slot that is held costs less than leaving it and coming back. */
const SHORTEST_PARKING_MS = 5_000;
/** After the time of waking n8n goes on by itself: the sidecar may be gone for good. */
const SAFETY_NET_MS = 60_000;
/** What the sidecar may take to answer: the wait is running. */
const PARK_WITHIN_MS = 3_000;

/**
 * Has `outputs` leave at that time (milliseconds since 1970), not before: short waits in this process,
 * long ones parked with the sidecar where there is one, else by n8n's own wait. Return what it gives.
 */
export async function leaveLater(
	context: IExecuteFunctions,
	at: number,
	outputs: INodeExecutionData[][],
	itemIndex = 0,
): Promise<INodeExecutionData[][]> {
	const left = () => at - Date.now();
	if (left() >= SHORTEST_PARKING_MS && mayPark(context)) {
		if (await park(context, left(), itemIndex)) {
			await suspend(context, new Date(at + SAFETY_NET_MS), outputs);
			return outputs;
		}
	}
	if (left() > LONGEST_SLEEP_MS) await suspend(context, new Date(at), outputs);
	else await waitInProcess(context, left(), itemIndex);
	return outputs;
}

function mayPark(context: IExecuteFunctions): boolean {
	const { longWaits = 'sidecar' } = context.getNodeParameter('options', 0, {}) as {
		longWaits?: LongWaits;
	};
	const credential = context.getNode().credentials?.[credentialTypeOf(context)];
	return longWaits === 'sidecar' && credential !== undefined;
}

/** False when the sidecar cannot: the wait is then spent without it. */
async function park(
	context: IExecuteFunctions,
	waitMs: number,
	itemIndex: number,
): Promise<boolean> {
	const ticket = ticketOf(context);
	if (!ticket) return false;
	try {
		const sidecar = await connectSidecar(context);
		const body: Ticket & { waitMs: number } = { ...ticket, waitMs: Math.ceil(waitMs) };
		const parked = await sidecar.request<ParkedTicket>({
			method: 'POST',
			path: '/parked',
			body,
			itemIndex,
			withinMs: PARK_WITHIN_MS,
		});
		if (parked.visit !== ticket.visit) return false;
		keepParked(context, { visit: ticket.visit });
		return true;
	} catch (error) {
		context.addExecutionHints({
			message: `The wait could not be parked, so it was spent without the sidecar. ${(error as Error).message}`,
			location: 'outputPane',
			type: 'warning',
		});
		return false;
	}
}
