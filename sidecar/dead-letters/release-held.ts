import type { Environment } from '../environments/environment';
import { isOrchestrationError } from '../kernel/errors';
import type { HeldLetter } from './dead-letter-store';
import type { ReplayPorts } from './replay-ports';

export interface HeldPorts extends Pick<ReplayPorts, 'letters' | 'engineOf' | 'clock'> {
	environments(): Promise<Environment[]>;
	/** Told of an environment that cannot be asked now. */
	onTrouble(environment: string, error: unknown): void;
}

/** Between a failure and its letter lies a while: a change is looked at again for so long. */
const lookBackMs = 600_000;
/** Letters looked into at once: each holds a definition. */
const readAtOnce = 50;
const note = 'Its credential was changed after it had failed.';

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
	const changed = new Map<string, Date>();
	for (const { id, updatedAt } of await definitions.listCredentials()) {
		if (updatedAt === undefined) continue;
		const at = new Date(updatedAt);
		const isKnown = seen.get(`${name}/${id}`) === updatedAt;
		seen.set(`${name}/${id}`, updatedAt);
		if (!isKnown || now.getTime() - at.getTime() < lookBackMs) changed.set(id, at);
	}
	if (changed.size === 0) return;
	const { maxAttempts } = deadLetters;
	let after: string | null = null;
	do {
		const page: HeldLetter[] = await letters.held(name, { maxAttempts, limit: readAtOnce, after });
		const ids = page.filter((letter) => isFree(letter, changed)).map(({ id }) => id);
		if (ids.length > 0) await letters.releaseHeld(ids, note, now);
		after = page.length === readAtOnce ? (page.at(-1)?.id ?? null) : null;
	} while (after !== null);
}

/** Whether a credential of the node that failed was changed after it had failed. */
function isFree({ error, ran, failedAt }: HeldLetter, changed: Map<string, Date>): boolean {
	const failed = ran?.nodes.find(({ name }) => name === error.node);
	return Object.values(failed?.credentials ?? {}).some(({ id }) => {
		const at = id ? changed.get(id) : undefined;
		return at !== undefined && at > failedAt;
	});
}
