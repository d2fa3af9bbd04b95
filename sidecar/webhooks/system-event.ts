/** What happens here and may be subscribed to, at the endpoint `orchestration`. */
export const systemEventTypes = [
	'dead_letter.created',
	'dead_letter.expired',
	'execution.finished',
	'circuit.opened',
	'circuit.closed',
	'circuit.half_opened',
	'promotion.finished',
	'promotion.regressed',
	'drift.found',
	'drift.gone',
	'alert.raised',
	'alert.resolved',
] as const;
export type SystemEventType = (typeof systemEventTypes)[number];

/** The built-in endpoint of system events; nothing comes in from outside. */
export const systemEndpoint = 'orchestration';

export interface SystemEvent {
	type: SystemEventType;
	/** What it is about: id of a letter or promotion, key of a circuit, name of an environment or rule. */
	subject: string;
	/** Without secrets: whoever subscribes gets it. */
	data: Record<string, unknown>;
	environment?: string | null;
	/** The same event emitted twice within a day is one when this is the same. */
	dedupId?: string;
}

/** In the database when it resolves. Rooms take it as a port, type only. */
export type Emit = (event: SystemEvent) => Promise<void>;
