import type { Clock } from '../../kernel/clock';
import { OrchestrationError } from '../../kernel/errors';
import type { BulkReplay, BulkState } from './bulk-replay';
import type { BulkReplayStore } from './bulk-replay-store';

/** What a person can do to a bulk replay that was begun. */
export const steerings = {
	pause: { from: ['running'], to: 'paused' },
	resume: { from: ['paused', 'stopped'], to: 'running' },
	cancel: { from: ['running', 'paused', 'stopped'], to: 'canceled' },
} as const satisfies Record<string, { from: readonly BulkState[]; to: BulkState }>;

/** @throws bulk_replay_not_found */
export async function findBulkReplay(
	{ bulks }: { bulks: BulkReplayStore },
	id: string,
): Promise<BulkReplay> {
	const found = await bulks.find(id);
	if (found) return found;
	throw new OrchestrationError(
		'bulk_replay_not_found',
		`There is no bulk replay ${id}. List them with GET /api/v1/replays.`,
		{ details: { id } },
	);
}

/**
 * Letters that are being replayed go on to their end, whatever is done. Done twice is done once.
 * @throws bulk_replay_not_found, bulk_replay_state
 */
export async function steerBulkReplay(
	ports: { bulks: BulkReplayStore; clock: Clock },
	id: string,
	{ steering, actor }: { steering: keyof typeof steerings; actor: string },
): Promise<BulkReplay> {
	const { from, to } = steerings[steering];
	const reason = to === 'running' ? null : `${to} by ${actor}`;
	const moved = await ports.bulks.move(id, [...from], to, { reason, at: ports.clock.now() });
	const bulk = await findBulkReplay(ports, id);
	if (moved || bulk.state === to) return bulk;
	throw new OrchestrationError(
		'bulk_replay_state',
		`Expected bulk replay ${id} to be ${from.join(' or ')} to ${steering} it, and it is ${bulk.state}.`,
		{ details: { id, state: bulk.state } },
	);
}
