import { type Session, csrfTokenOf, hashCookie, makeCookie } from './session';
import type { OpenedSession, SessionPorts } from './session-ports';

/** Whom a session is for. */
export type Person = Pick<
	Session,
	'tokenId' | 'provider' | 'subject' | 'name' | 'role' | 'environment'
>;

/**
 * Opens a session under a new id; the one the browser had before ends, so that an id somebody else
 * put there is worth nothing.
 * @throws environment_not_found
 */
export async function openSession(
	{ store, clock, newId, times }: SessionPorts,
	person: Person,
	before: string | null,
): Promise<OpenedSession & { id: string }> {
	const now = clock.now();
	const cookie = makeCookie();
	const id = newId();
	await store.add({
		...person,
		id,
		hash: hashCookie(cookie),
		createdAt: now,
		lastUsedAt: now,
		endsAt: new Date(now.getTime() + times.longestMs),
	});
	const former = before === null ? null : await store.findByHash(hashCookie(before));
	if (former) await store.remove(former.id);
	const { name, role, environment } = person;
	return {
		id,
		cookie,
		csrfToken: csrfTokenOf(cookie),
		name,
		role,
		environment,
		longestMs: times.longestMs,
	};
}
