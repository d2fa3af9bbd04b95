/** What is watched. Times in milliseconds. */
export type AlertCondition =
	/** Share of executions that failed for good within the window, per workflow. */
	| {
			kind: 'failure-rate';
			windowMs: number;
			/** 0 to 1. */
			above: number;
			/** Fewer executions say nothing. Default 5. */
			minimum?: number;
	  }
	/** Dead letters that wait for somebody, per environment. */
	| { kind: 'dead-letters'; above: number }
	/** No execution of the workflow has succeeded for so long. Needs `workflow`. */
	| { kind: 'no-run-since'; ms: number }
	/** Duration that 95 of 100 executions stay under, per workflow. */
	| { kind: 'too-slow'; windowMs: number; aboveMs: number; minimum?: number }
	/** A circuit that is open; the key may hold `*`. Default: all. */
	| { kind: 'circuit-open'; key?: string }
	/** What runs is not what was promoted, per environment. */
	| { kind: 'drift' }
	/** Accepted work is not all completed, dead-lettered, discarded or in flight. */
	| { kind: 'law-broken' }
	/** Dead letters whose time to live ran out within the window, per environment. */
	| { kind: 'expired-letters'; windowMs: number; above?: number }
	/** Executions that run for longer, or whose wait was over so long ago, per workflow. */
	| { kind: 'stuck'; runningMs: number; overdueMs?: number }
	/** A published workflow whose webhook its n8n does not know: callers get 404. */
	| { kind: 'webhook-gone' }
	/** A workflow that was published and is not any more, and that we have not paused. */
	| { kind: 'unpublished'; withinMs?: number }
	/** Accepted work has been due for so long. */
	| { kind: 'backlog'; aboveMs: number };

/** Nobody is told within; what still holds afterwards is told then. */
export interface QuietHours {
	/** `HH:MM`, may be past midnight. */
	from: string;
	to: string;
	/** IANA name. Default UTC. */
	timeZone?: string;
}

/** PUT /alerts/rules/{name} */
export interface AlertRuleInput {
	condition: AlertCondition;
	/** Default: all. */
	environment?: string;
	/** Id of a workflow. Default: all. */
	workflow?: string;
	severity?: 'warning' | 'critical';
	/** Names of channels. */
	channels: string[];
	/** Must hold for so long before it is told. Default 0. */
	forMs?: number;
	/** Told again while it holds. Default 4 hours; null: once. */
	repeatMs?: number | null;
	quietHours?: QuietHours | null;
	enabled?: boolean;
}

export interface AlertRule extends Required<Omit<AlertRuleInput, 'environment' | 'workflow'>> {
	name: string;
	environment: string | null;
	workflow: string | null;
	createdAt: string;
	updatedAt: string;
}

/** PUT /alerts/channels/{name}. What is secret in it is never shown again. */
export type AlertChannelInput =
	/** A POST signed by Standard Webhooks. The secret is made when none is given. */
	| { kind: 'webhook'; url: string; secret?: string }
	/** Slack's incoming webhook, or what understands the same. */
	| { kind: 'slack'; url: string }
	/** smtp://user:password@host:587 or smtps:// */
	| { kind: 'email'; smtpUrl: string; from: string; to: string[] };

export interface AlertChannel {
	name: string;
	kind: AlertChannelInput['kind'];
	/** Where it leads, without secrets: a host, or the receivers. */
	to: string;
	createdAt: string;
	updatedAt: string;
	/** Shown once: when we made it. */
	secret?: string;
}

/** GET /alerts: one for each cause, however many runs it has. */
export interface Alert {
	id: string;
	rule: string;
	/** What it is about: an environment, a workflow in it, the key of a circuit. */
	cause: string;
	environment: string | null;
	severity: 'warning' | 'critical';
	/** pending: not for long enough; firing: told; resolved: over. */
	state: 'pending' | 'firing' | 'resolved';
	/** What is the case, in a sentence. */
	summary: string;
	since: string;
	resolvedAt: string | null;
	notices: Array<{
		channel: string;
		kind: 'raised' | 'repeated' | 'resolved';
		state: 'waiting' | 'sent' | 'failed';
		attempts: number;
		trouble: string | null;
		at: string;
	}>;
}
