import type { Environment } from '../environments/environment';
import { isOrchestrationError } from '../kernel/errors';
import type { ReplayPorts } from './replay-ports';

export interface HeldPorts extends Pick<ReplayPorts, 'letters' | 'engineOf' | 'clock'> {
	environments(): Promise<Environment[]>;
	/** Told of an environment that cannot be asked now. */
	onTrouble(environment: string, error: unknown): void;
}

/** Between a failure and its letter lies a while: a change is looked at again for so long. */
const lookBackMs = 600_000;

/**
 * A letter of class auth waits until the credential of its failed node was changed; then it is retried by
 * itself, as what is transient is at once. Asked about an environment only while it holds such a letter.
 * @param seen when each credential was last changed, by environment and id
 */
export async function releaseHeldLetters(
	ports: HeldPorts,
	seen: Map<string, string>,
): Promise<void> {
	for (const environment of await ports.environments()) {
		if (!environment.deadLetters.autoReplay) continue;
		try {
			await releaseIn(ports, environment, seen);
		} catch (error) {
			if (!isOrchestrationError(error) || error.code === 'database_unavailable') throw error;
			ports.onTrouble(environment.name, error);
		}
	}
}

async function releaseIn(
	{ letters, engineOf, clock }: HeldPorts,
	{ name, deadLetters }: Environment,
	seen: Map<string, string>,
): Promise<void> {
	const held = { environment: name, state: 'waiting', errorClass: 'auth' } as const;
	if ((await letters.list(held, { limit: 1, after: null })).length === 0) return;
	const { definitions } = await engineOf(name);
	if (!definitions) return;
	const now = clock.now();
	const changed: Array<{ credentialId: string; at: Date }> = [];
	for (const { id, updatedAt } of await definitions.listCredentials()) {
		if (updatedAt === undefined) continue;
		const at = new Date(updatedAt);
		const isKnown = seen.get(`${name}/${id}`) === updatedAt;
		seen.set(`${name}/${id}`, updatedAt);
		if (!isKnown || now.getTime() - at.getTime() < lookBackMs)
			changed.push({ credentialId: id, at });
	}
	if (changed.length === 0) return;
	const note = 'Its credential was changed after it had failed.';
	await letters.releaseHeld(name, { changed, maxAttempts: deadLetters.maxAttempts, now, note });
}
