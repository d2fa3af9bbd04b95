import { OrchestrationError } from '../kernel/errors';
import { summaryOf, type Join, type JoinChild } from './join';
import type { JoinStore } from './join-store';
import type { SettlePorts } from './settle-child';
import { cancel } from './tend-joins';

/** Of items in one answer, in bytes of JSON; n8n takes in 16 MB at most. */
export const mostBytes = 4_000_000;

/** @throws join_not_found */
export async function findJoin({ joins }: { joins: JoinStore }, id: string): Promise<Join> {
	const found = await joins.find(id);
	if (found) return found;
	throw new OrchestrationError(
		'join_not_found',
		`There is no join ${id}. One that is over is kept for 7 days.`,
	);
}

/** What the parent is told: with all results when they are not too large. */
export async function joinResult(
	ports: { joins: JoinStore },
	id: string,
): Promise<{ join: Join; children: JoinChild[] | null }> {
	const join = await findJoin(ports, id);
	if ((await ports.joins.sizeOf(id)) >= mostBytes) return { join, children: null };
	const page = { limit: join.counts.total, after: null, bytes: Infinity };
	return { join, children: await ports.joins.children(id, page) };
}

/**
 * Its parent is woken and told. Twice is as once.
 * @throws join_not_found, join_settled
 */
export async function cancelJoin(ports: SettlePorts, id: string, by: string): Promise<Join> {
	const cancelled = await cancel(ports, id, `Cancelled by ${by}.`);
	if (cancelled) return cancelled;
	const found = await findJoin(ports, id);
	if (found.state === 'cancelled') return found;
	throw new OrchestrationError(
		'join_settled',
		`Expected a join that still runs, but ${id} has ${found.state}: ${summaryOf(found)}`,
		{ details: { state: found.state } },
	);
}
