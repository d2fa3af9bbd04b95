import type { WorkflowDefinitions } from '../engines/port/definitions';
import { requireDefinitions, type Engine } from '../engines/port/engine';
import type { EngineWorkflow } from '../engines/port/workflow';
import type { Environment } from '../environments/environment';
import type { Clock } from '../kernel/clock';
import { OrchestrationError } from '../kernel/errors';
import type { NewId } from '../kernel/ids';
import type { ReleaseMember, ReleaseRequest } from '../workflow-versions/make-release';
import type { KeepRequest } from '../workflow-versions/snapshot';
import type { Release, WorkflowVersion } from '../workflow-versions/version';
import type { VersionStore } from '../workflow-versions/version-store';
import type { Promotion } from './promotion';
import type { PromotionStore } from './promotion-store';

export interface PromotionPorts {
	promotions: PromotionStore;
	versions: VersionStore;
	/** @throws environment_not_found */
	environmentOf(name: string): Promise<Environment>;
	/** @throws environment_not_found */
	engineOf(environment: string): Promise<Engine>;
	/** Versions of these workflows and all they call. */
	makeRelease(request: ReleaseRequest): Promise<Release>;
	/** A release of versions that we have. */
	assembleRelease(
		request: Omit<ReleaseRequest, 'workflowIds'>,
		members: ReleaseMember[],
	): Promise<Release>;
	/** Keeps a workflow that was read as a version of the key given. */
	keepVersion(
		request: KeepRequest & { workflowKey: string },
		workflow: EngineWorkflow,
	): Promise<WorkflowVersion>;
	clock: Clock;
	newId: NewId;
}

/** @throws promotion_not_found */
export async function findPromotion(
	ports: Pick<PromotionPorts, 'promotions'>,
	id: string,
): Promise<Promotion> {
	const promotion = await ports.promotions.find(id);
	if (promotion) return promotion;
	throw new OrchestrationError(
		'promotion_not_found',
		`There is no promotion ${id}. List them with GET /api/v1/promotions.`,
		{ details: { id } },
	);
}

/** Id of the promotion that is writing to an environment. */
export async function promotionUnderWay(
	promotions: Pick<PromotionStore, 'list'>,
	to: string,
): Promise<string | null> {
	for (const phase of ['applying', 'verifying', 'rolling-back'] as const) {
		const [found] = await promotions.list({ to, phase }, { limit: 1, after: null });
		if (found) return found.id;
	}
	return null;
}

/** @throws environment_not_found, capability_missing */
export async function definitionsOf(
	ports: Pick<PromotionPorts, 'engineOf'>,
	environment: string,
): Promise<WorkflowDefinitions> {
	return requireDefinitions(await ports.engineOf(environment), environment);
}

export function wrongPhase(promotion: Promotion, wanted: string, next: string): OrchestrationError {
	return new OrchestrationError(
		'promotion_phase',
		`Promotion ${promotion.id} is ${promotion.phase}; expected ${wanted}. ${next}`,
		{ details: { id: promotion.id, phase: promotion.phase } },
	);
}
