import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

/**
 * Which wait this execution is in, kept with it beside its items: n8n's resume address is the same for
 * every wait of an execution.
 */
export interface Parked {
	visit: number;
	/** Given to the node again when it is resumed; without them its outputs leave as they are. */
	again?: INodeExecutionData[];
	/** Of the sidecar, that it waits for. */
	joinId?: string;
	/** Set when it is resumed to run again. */
	resumed?: true;
}

interface Held {
	orchestrationParked?: Parked;
}

export function parkedOf(context: IExecuteFunctions): Parked | undefined {
	return (context.getContext('node') as Held).orchestrationParked;
}

export function keepParked(context: IExecuteFunctions, parked: Parked | undefined): void {
	const held = context.getContext('node') as Held;
	if (parked) held.orchestrationParked = parked;
	else delete held.orchestrationParked;
}

/** As n8n stores what getContext gives. */
export function parkedIn(stored: unknown): Parked | undefined {
	return (stored as Held | undefined)?.orchestrationParked;
}
