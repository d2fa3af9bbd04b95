import type { Receiver } from '../support/webhooks/receiver';

/** What really happened in the world outside, by idempotency key. */
export function effectsAt(receiver: Receiver, path: string): Map<string, number> {
	const counted = new Map<string, number>();
	for (const { headers } of receiver.calls(path)) {
		const key = headers['idempotency-key'] ?? 'none';
		counted.set(key, (counted.get(key) ?? 0) + 1);
	}
	return counted;
}
