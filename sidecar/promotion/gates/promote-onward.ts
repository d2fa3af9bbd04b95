import { protectionOf, type ProtectionRules } from '../../environments/protection';
import type { Environment } from '../../environments/environment';
import { isOrchestrationError } from '../../kernel/errors';
import { applyPromotion } from '../apply-promotion';
import { noMappings, type Promotion } from '../promotion';
import { findPromotion } from '../promotion-ports';
import { proposePromotion } from '../propose-promotion';
import type { GatePorts } from './gate-ports';
import { notPassed } from './gates';
import { passGates } from './pass-gates';
import { readGates } from './read-gates';

export interface OnwardPorts extends GatePorts {
	environments(): Promise<Environment[]>;
	drive(id: string): void;
	onTrouble(promotionId: string, error: unknown): void;
}

/** Who makes them, as their author. */
export const onwardAuthor = 'auto-promotion';

/**
 * One round of auto-promotion: what has succeeded in an earlier stage and soaked there is planned for
 * the next one, and applied as soon as its gates let it through.
 */
export async function promoteOnward(ports: OnwardPorts): Promise<void> {
	for (const environment of await ports.environments()) {
		const rules = protectionOf(environment);
		if (!rules?.autoPromoteSince) continue;
		const { name } = environment;
		const since = new Date(rules.autoPromoteSince);
		for (const id of await ports.gates.onward(name, rules.autoPromoteFrom, since)) {
			await guarded(ports, id, async () => {
				const source = await findPromotion(ports, id);
				if (await hasSoaked(ports, source)) await propose(ports, source, name);
			});
		}
		for (const id of await ports.gates.waitingOnward(name)) {
			await guarded(ports, id, async () => {
				await applyWhenOpen(ports, await findPromotion(ports, id), rules);
			});
		}
	}
}

async function guarded(ports: OnwardPorts, id: string, work: () => Promise<void>): Promise<void> {
	try {
		await work();
	} catch (error) {
		if (isOrchestrationError(error, 'database_unavailable')) throw error;
		ports.onTrouble(id, error);
	}
}

async function hasSoaked(ports: OnwardPorts, source: Promotion): Promise<boolean> {
	const soakSeconds = protectionOf(await ports.environmentOf(source.to))?.soakSeconds ?? 0;
	if (soakSeconds === 0) return true;
	const watch = await ports.watches.find(source.id);
	return watch?.status === 'passed';
}

async function propose(ports: OnwardPorts, source: Promotion, to: string): Promise<void> {
	await proposePromotion(ports, {
		source: { releaseId: source.releaseId },
		to,
		mappings: noMappings,
		publish: source.spec.publish,
		message: `onward from ${source.to}, where promotion ${source.id} has succeeded`,
		createdBy: onwardAuthor,
		follows: source.id,
	});
}

async function applyWhenOpen(
	ports: OnwardPorts,
	promotion: Promotion,
	rules: ProtectionRules,
): Promise<void> {
	const { id, plan, follows } = promotion;
	if (notPassed(await readGates(ports, promotion, null)).length > 0) return;
	try {
		await applyPromotion(ports, {
			id,
			planDigest: plan.digest,
			actor: onwardAuthor,
			pass: async (planned) => await passGates(ports, planned, null, null),
		});
	} catch (error) {
		if (!isOrchestrationError(error, 'promotion_plan_stale')) throw error;
		// Something moved. With approvals to lose, a person plans again.
		if (rules.approvals > 0 || !follows) throw error;
		await ports.gates.setAside(id, error.message, ports.clock.now());
		return;
	}
	ports.drive(id);
}
