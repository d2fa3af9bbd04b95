import { createHash } from 'node:crypto';
import type { Clock } from '../kernel/clock';
import type { NewId } from '../kernel/ids';
import type { EventStore } from './event';
import { type Emit, systemEndpoint } from './system-event';

const day = 86_400_000;

/** Tells what happened here to whoever subscribed to the endpoint `orchestration`. */
export function createEmit(ports: {
	events: Pick<EventStore, 'accept'>;
	clock: Clock;
	newId: NewId;
	onAccepted(): void;
}): Emit {
	return async ({ type, subject, data, environment = null, dedupId }) => {
		const now = ports.clock.now();
		const id = ports.newId();
		const body = { type, timestamp: now.toISOString(), subject, environment, data };
		const { duplicate } = await ports.events.accept({
			id,
			endpoint: systemEndpoint,
			type,
			providerId: dedupId ?? null,
			dedupKey: createHash('sha256')
				.update(`${type}\0${dedupId ?? id}`)
				.digest('base64url'),
			dedupUntil: new Date(now.getTime() + day),
			orderingKey: subject,
			subject,
			environment,
			method: 'POST',
			query: '',
			headers: { 'content-type': 'application/json' },
			body: Buffer.from(JSON.stringify(body)),
			receivedAt: now,
			keepUntil: new Date(now.getTime() + 7 * day),
		});
		if (!duplicate) ports.onAccepted();
	};
}
