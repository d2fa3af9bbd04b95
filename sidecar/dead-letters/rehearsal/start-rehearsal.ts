import { OrchestrationError } from '../../kernel/errors';
import type { NewId } from '../../kernel/ids';
import type { ReplayPorts } from '../replay-ports';
import type { Rehearsal, RehearsalOrder } from './rehearsal';
import type { RehearsalStore } from './rehearsal-store';

export interface RehearsalPorts extends Pick<
	ReplayPorts,
	'letters' | 'environmentOf' | 'engineOf' | 'contentIn' | 'newTraceparent' | 'clock' | 'versions'
> {
	rehearsals: RehearsalStore;
	newId: NewId;
}

/**
 * Takes down which letters are tried out; they are run by whichever replica is there.
 * @throws environment_not_found, version_not_found, rehearsal_not_possible
 */
export async function startRehearsal(
	ports: RehearsalPorts,
	order: RehearsalOrder,
	requestedBy: string,
): Promise<Rehearsal> {
	const from = await ports.environmentOf(order.filter.environment);
	const where = await ports.environmentOf(order.environment);
	if (where.stage >= from.stage) {
		throw notPossible(
			`Expected an environment of a lower stage than ${from.name} (${from.stage}) to rehearse in, and ${where.name} has stage ${where.stage}. Name one that may be tried things out in.`,
		);
	}
	const version = await ports.versions.find(order.versionId);
	if (!version) {
		throw new OrchestrationError(
			'version_not_found',
			`There is no version ${order.versionId}. Make one of the mended workflow with POST /api/v1/versions.`,
			{ details: { id: order.versionId } },
		);
	}
	if (!(await ports.engineOf(where.name)).rehearsals) {
		throw notPossible(
			`The engine of ${where.name} runs code of your own, which cannot be kept from reaching outside. Rehearse in an environment whose engine is n8n.`,
		);
	}
	return await ports.rehearsals.create({
		...order,
		id: ports.newId(),
		workflowKey: version.workflowKey,
		requestedBy,
		createdAt: ports.clock.now(),
	});
}

/** @throws rehearsal_not_found */
export async function findRehearsal(
	{ rehearsals }: Pick<RehearsalPorts, 'rehearsals'>,
	id: string,
): Promise<Rehearsal> {
	const found = await rehearsals.find(id);
	if (found) return found;
	throw new OrchestrationError(
		'rehearsal_not_found',
		`There is no rehearsal ${id}. List them with GET /api/v1/rehearsals.`,
		{ details: { id } },
	);
}

function notPossible(message: string): OrchestrationError {
	return new OrchestrationError('rehearsal_not_possible', message);
}
