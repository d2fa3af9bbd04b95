import type { AuditTrail } from '../audit/audit-trail';
import type { Clock } from '../kernel/clock';
import type { NewId } from '../kernel/ids';
import type { AccessToken } from '../tokens/token';
import type { SessionRole, SessionTimes } from './session';
import type { SessionStore } from './session-store';

export interface SessionPorts {
	store: SessionStore;
	clock: Clock;
	newId: NewId;
	times: SessionTimes;
	audit: Pick<AuditTrail, 'append'>;
	/** Whose token it is. @throws unauthenticated, token_expired */
	tokenOf(presented: string): Promise<AccessToken>;
	/** False: the provider is not configured any more, and its sessions are over. */
	knowsProvider(name: string): boolean;
}

/** Where an attempt to sign in comes from. */
export interface SignInOrigin {
	/** Address of the client. */
	address: string;
	requestId: string;
	/** The session cookie that was there before; that session ends. */
	cookie: string | null;
}

export interface OpenedSession {
	/** Shown to the browser only. */
	cookie: string;
	csrfToken: string;
	name: string;
	role: SessionRole;
	environment: string | null;
	longestMs: number;
}
