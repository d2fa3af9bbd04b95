import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { NodeOperationError, WAIT_INDEFINITELY } from 'n8n-workflow';

import type { Join } from '../../../sidecar/contract/joins';
import { sameItem } from '../../shared/error-item';
import { keepParked } from '../../shared/parking/parked-state';
import { suspend } from '../../shared/parking/suspend';
import { ticketOf } from '../../shared/parking/ticket';
import { connectSidecar } from '../../shared/sidecar-client';
import { refusalError } from '../../shared/sidecar-error';
import type { Run } from '../run-end';
import type { Settings } from '../settings';
import { joinRequestOf } from './join-request';

/** After its deadline the sidecar has this long to tell; then the execution goes on by itself. */
const SAFETY_NET_MS = 600_000;

/**
 * Hands the runs to the sidecar and leaves the slot. The sidecar resumes the execution once the policy
 * is decided; the node then runs again and collects.
 */
export async function runDurably(
	context: IExecuteFunctions,
	items: INodeExecutionData[],
	runs: Run[],
	settings: Settings,
): Promise<INodeExecutionData[][]> {
	const ticket = ticketOf(context);
	if (!ticket) {
		throw new NodeOperationError(
			context.getNode(),
			'This execution cannot be resumed from outside, so its runs cannot be durable',
			{ itemIndex: 0, description: 'Set Run to In This Execution, or use n8n 2.40 or later.' },
		);
	}
	const body = await joinRequestOf(context, items, runs, settings, ticket);
	const sidecar = await connectSidecar(context);
	const join = await sidecar.request<Join>({ method: 'POST', path: '/joins', body });
	if (typeof join.id !== 'string') {
		// Some other server that says yes to everything: nobody would resume us.
		const refusal = { status: 200, body: undefined, baseUrl: sidecar.baseUrl };
		throw refusalError(context.getNode(), refusal, 0);
	}
	keepParked(context, { visit: ticket.visit, again: items, joinId: join.id });
	const { deadlineMs } = settings;
	const until =
		deadlineMs === undefined
			? WAIT_INDEFINITELY
			: new Date(Date.now() + deadlineMs + SAFETY_NET_MS);
	const error = {
		message: `The sidecar did not say how the runs ended (join ${join.id})`,
		description: 'They may have been done: ask the sidecar before they are run again.',
		reason: 'not-joined',
		joinId: join.id,
	};
	const unknown = items.map((item, index) => sameItem(item, index, { ...item.json, error }));
	await suspend(context, until, [[], unknown]);
	return [[], []];
}
