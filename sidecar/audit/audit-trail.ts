import type { Clock } from '../kernel/clock';
import type { NewId } from '../kernel/ids';
import type { AuditEvent } from './audit-entry';
import type { AuditStore } from './audit-store';

/** How an action that was begun has ended. */
export type AuditEnd = Pick<AuditEvent, 'outcome' | 'details'> &
	Partial<Pick<AuditEvent, 'subject' | 'environment'>>;

/** Where changes are written down. */
export interface AuditTrail {
	/**
	 * Notes an action before it is done, so that a crash in the middle leaves a trace.
	 * @returns writes its end into the chain
	 * @throws database_unavailable; then the action must not be done
	 */
	begin(action: Omit<AuditEvent, 'at' | 'outcome'>): Promise<(end: AuditEnd) => Promise<void>>;
	/** Writes down what is done already. */
	append(action: Omit<AuditEvent, 'at'>): Promise<void>;
}

/** What runs longer than this without an end has lost its process. */
const abandonedMs = 15 * 60_000;

export function createAuditTrail(ports: {
	store: Pick<AuditStore, 'intend' | 'append'>;
	clock: Clock;
	newId: NewId;
}): AuditTrail {
	const { store, clock, newId } = ports;
	return {
		begin: async (action) => {
			const id = newId();
			const event: AuditEvent = { ...action, at: clock.now(), outcome: 'unknown' };
			await store.intend(id, event);
			return async ({ details, ...end }) => {
				const all = { ...event.details, ...details };
				await store.append({ ...event, ...end, details: all }, id);
			};
		},
		append: async (action) => {
			await store.append({ ...action, at: clock.now() });
		},
	};
}

/** Writes down what was begun by processes that died at it. */
export async function recoverAudit(
	store: Pick<AuditStore, 'recover'>,
	clock: Clock,
): Promise<number> {
	return await store.recover(new Date(clock.now().getTime() - abandonedMs));
}
