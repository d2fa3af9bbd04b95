export type CircuitState = 'closed' | 'open' | 'half-open';

/** When a circuit opens. One of three; `minimumCalls` guards the two rates. */
export type TripRule =
	/** Failures in a row. */
	| { by: 'consecutive'; failures: number }
	/** Share of failures (0 to 1) in a window of the last `calls`, or of the last `windowMs`. */
	| { by: 'failure-rate'; rate: number; minimumCalls: number; calls: number }
	| { by: 'failure-rate'; rate: number; minimumCalls: number; windowMs: number };

/** PUT /circuits/{key}; what is absent takes its default. */
export interface CircuitPolicy {
	/** Default: 5 failures in a row. */
	trip?: TripRule;
	/** Also opens when this share (0 to 1) of the calls was reported slow. Default: off. */
	slowRate?: { rate: number; minimumCalls: number; windowMs: number };
	/** How long it stays open before probes are let through, in milliseconds. Default 30 000. */
	openMs?: number;
	/** Probes let through at once in half-open, over all workers. Default 1. */
	probes?: number;
	/** Successful probes that close it. Default: `probes`. */
	successesToClose?: number;
	/** A probe that reports nothing for this long is given to another. Default 60 000. */
	probeTimeoutMs?: number;
}

/** GET /circuits/{key} */
export interface Circuit {
	key: string;
	state: CircuitState;
	policy: Required<Omit<CircuitPolicy, 'slowRate'>> & Pick<CircuitPolicy, 'slowRate'>;
	/** When probes are let through again; null unless open. */
	retryAt: string | null;
	/** Set by hand: it stays in this state until released. */
	forced: 'open' | 'closed' | null;
	/** As the trip rule counts them: failures in a row, or in its window. 0 while open or forced. */
	failures: number;
	/** In the window of a failure rate, or probes that succeeded. */
	successes: number;
	/** In the window of `slowRate`. */
	slow: number;
	/** When its state last changed. */
	changedAt: string;
}

/** POST /circuits/{key}/permits `{count?, policy?}`: a circuit asked for the first time is made with the policy given, or the defaults. */
export interface PermitRequest {
	/** Default 1, at most 10 000. */
	count?: number;
	/** Used only when the circuit is new. */
	policy?: CircuitPolicy;
}

/** Closed: all may go, open: none, half-open: as many as there are probes left. */
export interface PermitAnswer {
	/** Whether any may go. */
	allowed: boolean;
	/** How many of `count` may go. */
	granted: number;
	state: CircuitState;
	/** When to ask again; null when all may go. */
	retryAt: string | null;
	/** Ids of the probes, to hand back with the outcomes; empty unless half-open. */
	permits: string[];
}

/** POST /circuits/{key}/outcomes → Circuit */
export interface OutcomeReport {
	successes?: number;
	failures?: number;
	/** Of the successes and failures, how many were slow. */
	slow?: number;
	/** Probe ids these outcomes answer. In half-open nothing else counts: what was allowed before it opened tells nothing new. */
	permits?: string[];
}

/** POST /circuits/{key}/force → Circuit */
export interface ForceRequest {
	/** null releases it. */
	state: 'open' | 'closed' | null;
}
