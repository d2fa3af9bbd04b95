import type { Clock } from '../../kernel/clock';
import { OrchestrationError } from '../../kernel/errors';
import type { NewId } from '../../kernel/ids';
import type { VersionStore } from '../../workflow-versions/version-store';
import type { ReplayPorts } from '../replay-ports';
import { type BulkOrder, type BulkReplay, type Selected, secondsFor } from './bulk-replay';
import type { BulkReplayStore } from './bulk-replay-store';

export interface BulkPorts extends Pick<ReplayPorts, 'environmentOf' | 'engineOf'> {
	bulks: BulkReplayStore;
	versions: VersionStore;
	clock: Clock;
	newId: NewId;
}

export interface BulkPreview {
	selected: Selected[];
	letters: number;
	/** Until all are begun. */
	seconds: number;
	/** By workflow id what would run; null: cannot be told, or nothing is published. */
	liveVersions: Map<string, string | null>;
}

/** Workflows whose live version a preview looks up. */
const lookedUp = 20;

/**
 * Says what an order would do; writes nothing.
 * @throws environment_not_found, version_not_found
 */
export async function previewBulkReplay(ports: BulkPorts, order: BulkOrder): Promise<BulkPreview> {
	await assertOrder(ports, order);
	const selected = await ports.bulks.preview(order.filter);
	const letters = selected.reduce((sum, each) => sum + each.letters, 0);
	const workflowIds = [...new Set(selected.map(({ workflowId }) => workflowId))];
	const asked = order.version === 'live' ? workflowIds.slice(0, lookedUp) : [];
	const live = await Promise.all(
		asked.map(async (id) => [id, await liveVersion(ports, order, id)] as const),
	);
	return {
		selected,
		letters,
		seconds: secondsFor(letters, order.rate),
		liveVersions: new Map(live),
	};
}

/**
 * Takes down the selection once; it is in the database when this resolves. A letter that fits the
 * filter only later is not part of it.
 * @throws environment_not_found, version_not_found
 */
export async function startBulkReplay(
	ports: BulkPorts,
	order: BulkOrder,
	requestedBy: string,
): Promise<BulkReplay> {
	await assertOrder(ports, order);
	const createdAt = ports.clock.now();
	return await ports.bulks.create({ ...order, id: ports.newId(), requestedBy, createdAt });
}

/** @throws environment_not_found, version_not_found */
export async function assertOrder(ports: BulkPorts, { filter, version }: BulkOrder): Promise<void> {
	await ports.environmentOf(filter.environment);
	if (version === null || version === 'live' || version === 'failed') return;
	if (await ports.versions.find(version)) return;
	throw new OrchestrationError(
		'version_not_found',
		`There is no version ${version}. Choose \`live\`, \`failed\` or the id of a version of the letters' workflow.`,
		{ details: { id: version } },
	);
}

/** A preview is worth having also while n8n is away. */
async function liveVersion(
	ports: BulkPorts,
	{ filter }: BulkOrder,
	workflowId: string,
): Promise<string | null> {
	try {
		const engine = await ports.engineOf(filter.environment);
		return (await engine.definitions?.get(workflowId))?.live?.versionId ?? null;
	} catch (error) {
		if (error instanceof OrchestrationError) return null;
		throw error;
	}
}
