import { computed, readonly, ref } from 'vue';
import { problemFrom, Unreachable } from './problem';

export type Role = 'viewer' | 'operator' | 'admin';

export interface Session {
	/** Name of the token, or of the person at the identity provider. */
	user: string;
	role: Role;
	/** Null: every environment. */
	environments: string[] | null;
	csrfToken: string;
}

const roles: readonly Role[] = ['viewer', 'operator', 'admin'];
const session = ref<Session | null>(null);
const isAsked = ref(false);

export function csrfToken(): string {
	return session.value?.csrfToken ?? '';
}

/** The sidecar no longer knows the cookie: the shell goes back to signing in. */
export function forgetSession(): void {
	session.value = null;
}

/** What a role may not do is not offered; the sidecar refuses it all the same. */
export function useSession() {
	return {
		session: readonly(session),
		/** False until the sidecar has said who this is. */
		isAsked: readonly(isAsked),
		isSignedIn: computed(() => session.value !== null),
		may: (role: Role) =>
			session.value !== null && roles.indexOf(session.value.role) >= roles.indexOf(role),
	};
}

export async function loadSession(): Promise<void> {
	const response = await send('GET');
	session.value = response.status === 401 ? null : ((await response.json()) as Session);
	isAsked.value = true;
}

export async function signIn(token: string): Promise<void> {
	await send('POST', { token });
	await loadSession();
}

export async function signOut(): Promise<void> {
	await send('DELETE');
	session.value = null;
}

async function send(method: string, body?: unknown): Promise<Response> {
	const response = await fetch('/session', {
		method,
		headers: {
			...(method !== 'GET' && { 'x-csrf-token': csrfToken() }),
			...(body !== undefined && { 'content-type': 'application/json' }),
		},
		...(body !== undefined && { body: JSON.stringify(body) }),
	}).catch((cause: unknown) => {
		throw new Unreachable({ cause });
	});
	if (response.ok || (method === 'GET' && response.status === 401)) return response;
	throw problemFrom(response, await response.json().catch(() => null));
}
