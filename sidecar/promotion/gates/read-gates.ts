import { protectionOf } from '../../environments/protection';
import type { Promotion } from '../promotion';
import { findRelease } from '../propose-promotion';
import type { GatePorts } from './gate-ports';
import { gatesOf, type Gate, type GateInput } from './gates';
import { verificationOf, type Verification } from './verification';

type Actor = GateInput['actor'];

/** More holds at once than this are not looked at, newest first. */
const mostHolds = 500;

/**
 * Every gate before a promotion as things are now. A roll-back puts back what was there before, so it
 * waits for nobody: only who may promote, and what is held, count for it.
 * @param actor who would apply it; null: it goes on by itself
 */
export async function readGates(
	ports: GatePorts,
	promotion: Promotion,
	actor: Actor,
): Promise<Gate[]> {
	const { to, plan, createdBy } = promotion;
	const rules = protectionOf(await ports.environmentOf(to));
	const back = promotion.rollbackOf !== null;
	const gates = gatesOf({
		plan,
		createdBy,
		actor,
		rules,
		approvals: back ? [] : await ports.gates.approvals(promotion.id),
		holds: await ports.gates.holds(
			{ environment: to, active: true },
			{ limit: mostHolds, after: null },
		),
		verifications: back ? [] : await verificationsOf(ports, promotion),
		now: ports.clock.now(),
	});
	return back ? gates.filter(({ name }) => ['plan', 'promoter'].includes(name)) : gates;
}

async function verificationsOf(ports: GatePorts, promotion: Promotion): Promise<Verification[]> {
	const rules = protectionOf(await ports.environmentOf(promotion.to));
	const environments = rules?.verifiedIn?.environments ?? [];
	if (environments.length === 0) return [];
	const { manifest } = await findRelease(ports, promotion.releaseId);
	const keys = manifest.map(({ workflowKey }) => workflowKey);
	const found: Verification[] = [];
	for (const name of environments) {
		const soakSeconds = protectionOf(await ports.environmentOf(name))?.soakSeconds ?? 0;
		const arrivals = await ports.gates.arrivals(name, keys);
		found.push(verificationOf({ name, soakSeconds }, manifest, arrivals, ports.clock.now()));
	}
	return found;
}
