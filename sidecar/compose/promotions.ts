import { notePhase } from '../audit/audited-promotions';
import { holdsRoutes } from '../http/holds-routes';
import { promotionApprovalsRoutes } from '../http/promotion-approvals-routes';
import { promotionsRoutes } from '../http/promotions-routes';
import { releasesRoutes } from '../http/releases-routes';
import { routeMappingsRoutes } from '../http/route-mappings-routes';
import { versionsRoutes } from '../http/versions-routes';
import { attendPromotions } from '../jobs/housekeeping';
import { promotionJobs } from '../jobs/promotion-jobs';
import { contentIn } from '../promotion/content-in';
import type { WorkflowContent } from '../engines/port/workflow';
import { drive } from '../promotion/drive';
import { contextOf } from '../promotion/drive-context';
import type { GatePorts } from '../promotion/gates/gate-ports';
import { assembleRelease, makeRelease } from '../workflow-versions/make-release';
import { createReleaseSigner } from '../workflow-versions/release-signature';
import type { Emit } from '../webhooks/system-event';
import { keepVersion } from '../workflow-versions/snapshot';
import type { WorkflowVersion } from '../workflow-versions/version';
import type { Foundation } from './foundation';
import type { Part } from './part';

export interface PromotionParts {
	/** A promotion's end is kept as an event with it. */
	onEventKept(): void;
	emit: Emit;
	/** Told when an environment is as it was promoted. */
	onSucceeded(environment: string): Promise<void>;
}

/** Versions, releases and promotions. */
export function composePromotions(
	foundation: Foundation,
	{ onEventKept, onSucceeded, emit }: PromotionParts,
) {
	const { stores, clock, newId, owner, draining, log, background } = foundation;
	const { environmentOf, engineOf, environments } = foundation;
	const { encryptionKeys, trustedSigners } = foundation.config;
	const signer = createReleaseSigner(encryptionKeys, trustedSigners);
	const versionPorts = { versions: stores.versions, engineOf, clock, newId };
	const ports: GatePorts = {
		promotions: stores.promotions,
		gates: stores.gates,
		watches: stores.watches,
		tell: emit,
		versions: stores.versions,
		environmentOf,
		engineOf,
		makeRelease: async (request) => await makeRelease(versionPorts, request),
		assembleRelease: async (request, members) =>
			await assembleRelease(versionPorts, request, members),
		keepVersion: async (request, workflow) => await keepVersion(versionPorts, request, workflow),
		clock,
		newId,
	};
	const driveById = async (id: string) => {
		await drive(
			{
				promotions: stores.promotions,
				clock,
				owner,
				stopping: draining.signal,
				contextOf: async (promotion, run) => await contextOf(ports, promotion, run),
				onPhase: (reached) => {
					const { id: promotion, phase, reason } = reached;
					log.info({ promotion, phase, reason }, 'promotion');
					onEventKept();
					background.track(notePhase(stores.auditTrail, reached));
					if (phase === 'succeeded') background.track(onSucceeded(reached.to));
				},
				onTrouble: ({ id: promotion }, error) => {
					log.warn({ promotion, err: error }, 'a promotion cannot be undone yet');
				},
			},
			id,
		);
	};
	const driveSoon = (id: string) => {
		background.track(driveById(id));
	};
	const part: Part = {
		routes: [
			...versionsRoutes(versionPorts),
			...releasesRoutes({ ...versionPorts, environmentOf, signer }),
			...promotionsRoutes({ ...ports, drive: driveSoon }),
			...promotionApprovalsRoutes(ports),
			...holdsRoutes(ports),
			...routeMappingsRoutes(ports),
		],
		jobs: [
			// A long one must not keep the job from the others.
			attendPromotions(stores.promotions, async (id) => await Promise.resolve(driveSoon(id))),
			...promotionJobs({
				...ports,
				environments,
				drive: driveSoon,
				onTrouble: (promotion, error) => {
					log.warn({ promotion, err: error }, 'a promotion cannot be followed up right now');
				},
			}),
		],
		services: [],
	};
	return {
		...part,
		ports,
		drive: driveSoon,
		/** A version as an environment has it: its ids and credentials. */
		contentIn: async (
			kept: WorkflowVersion,
			environment: string,
			change?: (content: WorkflowContent) => WorkflowContent,
		) => await contentIn(ports, kept, environment, change),
	};
}
