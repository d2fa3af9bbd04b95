import type { PlanFinding, Promotion } from '../../../../sidecar/contract/promotions';
import { collection, type Operation, segment } from '../../operation';
import { promotionError, timeoutOption, waitForOutcome } from './outcome';
import { planFields, planOptions, readPlan } from './plan-fields';

export const promote: Operation = {
	name: 'Plan and Apply',
	action: 'Promote a workflow',
	description: 'Plan, apply when nothing blocks, and wait until it is seen live',
	fields: [
		...planFields,
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [...planOptions, timeoutOption],
		},
	],
	execute: async (call) => {
		const { sidecar, itemIndex } = call;
		const planned = await sidecar.request<Promotion>({
			method: 'POST',
			path: '/promotions',
			body: readPlan(call),
			itemIndex,
			waitSeconds: 30,
		});
		const { id, to, phase, plan } = planned;
		if (plan.blockers.length > 0) {
			throw promotionError(
				call,
				`Promotion ${id} to ${to} is blocked by ${plan.blockers.length} finding(s)`,
				plan.blockers.map(line).join('\n'),
			);
		}
		if (phase === 'awaiting-approval') {
			throw promotionError(
				call,
				`Promotion ${id} to ${to} waits for approval`,
				'Have it approved, then use Promotion, Apply with its ID and plan digest.',
			);
		}
		const applied = await sidecar.request<Promotion>({
			method: 'POST',
			path: `/promotions/${segment(id)}/apply`,
			body: { planDigest: plan.digest },
			itemIndex,
		});
		const { timeoutSeconds } = collection(call, 'options') as { timeoutSeconds?: number };
		return await waitForOutcome(call, applied, timeoutSeconds);
	},
};

function line({ message, place, candidates = [] }: PlanFinding): string {
	const choices = candidates.map(({ id, name }) => `${name} (${id})`).join(', ');
	return [place ? `${place}: ${message}` : message, choices ? `Candidates: ${choices}` : '']
		.filter(Boolean)
		.join(' ');
}
