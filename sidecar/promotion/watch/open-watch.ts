import type { ProtectionRules } from '../../environments/protection';
import { resultOf, targetIdIn } from '../journal';
import type { PlannedChange, Promotion, Step } from '../promotion';
import type { GatePorts } from '../gates/gate-ports';
import { baselineOf } from './baseline';
import { emptyFinding } from './count-runs';
import type { Baseline, Watch } from './watch';

/** How many runs of the old version are looked at. */
const runsBefore = 1_000;

/** What a promotion that has just succeeded will be compared with, read while the engine still has it. */
export async function openWatch(
	ports: GatePorts,
	promotion: Promotion,
	rules: ProtectionRules,
): Promise<Watch> {
	const steps = await ports.promotions.steps(promotion.id);
	const { executions } = await ports.engineOf(promotion.to);
	const watched = promotion.plan.changes.flatMap((change) => switchOf(change, steps) ?? []);
	const baselines: Baseline[] = [];
	for (const { change, workflowId, from, since } of watched) {
		const known = await executions.list({ workflowId, limit: runsBefore });
		const before = known.filter(({ startedAt }) => startedAt !== null && startedAt < from);
		const { workflowKey, name } = change;
		const about = { workflowKey, name, workflowId, since };
		baselines.push(baselineOf(about, before, rules.watch, watched.length));
	}
	return {
		promotionId: promotion.id,
		status: 'watching',
		until: new Date(promotion.updatedAt.getTime() + rules.soakSeconds * 1000),
		baselines,
		findings: baselines.map(({ workflowKey }) => emptyFinding(workflowKey)),
		message: null,
		rollBackDue: false,
		checkedAt: ports.clock.now(),
	};
}

/** When the old version was last surely running, and since when the new one surely is. */
function switchOf(change: PlannedChange, steps: Step[]) {
	const { workflowKey } = change;
	if (resultOf(steps, workflowKey, 'publish') === null) return null;
	const stepOf = (action: Step['action']) =>
		steps.find((step) => step.workflowKey === workflowKey && step.action === action);
	const from = stepOf('publish')?.startedAt;
	const since = stepOf('see-live')?.finishedAt;
	const workflowId = targetIdIn(steps, change);
	if (!from || !since || workflowId === null) return null;
	return { change, workflowId, from: from.toISOString(), since: since.toISOString() };
}
