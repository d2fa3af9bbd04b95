import type { EngineConnection, TemporalAccess } from '../engines/port/connection';
import type { ProtectionRules } from './protection';

export type Stage = number;

/** Ranks of the three usual stages; any other number may stand between or beyond. */
export const stageRanks = { dev: 10, staging: 20, production: 30 } as const;

/** What happens to failed executions of an environment. */
export interface DeadLetterRules {
	follow: boolean;
	autoReplay: boolean;
	maxAttempts: number;
	baseDelayMs: number;
	maxDelayMs: number;
	ttlSeconds: number;
}

export const defaultDeadLetterRules: DeadLetterRules = {
	follow: true,
	autoReplay: true,
	maxAttempts: 5,
	baseDelayMs: 60_000,
	maxDelayMs: 3_600_000,
	ttlSeconds: 86_400,
};

/** Access secrets in the clear; lives only in memory. */
export type AccessSecrets = Pick<EngineConnection, 'apiKey' | 'oauth2'> & {
	/** Certificates for an engine that is Temporal. */
	tls?: TemporalTls | null;
};

export type TemporalTls = Pick<TemporalAccess, 'ca' | 'clientCertificate'>;

/** What is no secret of an environment of Temporal. */
export interface TemporalPlace extends Pick<
	TemporalAccess,
	'namespace' | 'taskQueue' | 'serverName'
> {
	/** Whether certificates of its own are kept for it. */
	tls: { ca: boolean; clientCertificate: boolean };
}

/** One engine instance under a name. */
export interface Environment {
	name: string;
	engine: EngineConnection['engine'];
	baseUrl: string;
	stage: Stage;
	protected: boolean;
	/** Rules beyond that; null or absent: the defaults. See protectionOf. */
	protection?: ProtectionRules | null;
	deadLetters: DeadLetterRules;
	/** AES-256-GCM box around the JSON of AccessSecrets. */
	sealedAccess: string;
	/** Of an environment of Temporal. */
	temporal?: TemporalPlace | null;
	/** Which kinds of access it holds, so that nobody has to open the box to tell. */
	access: { apiKey: boolean; oauth2: boolean };
	createdAt: Date;
	updatedAt: Date;
}
