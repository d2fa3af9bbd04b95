import { fits, type ProtectionRules } from '../../environments/protection';
import type { Plan } from '../promotion';
import type { Approval } from './approval';
import { frozenBy } from './freeze';
import { bringsBack, type PromotionHold } from './promotion-hold';
import type { Verification } from './verification';

export type GateName = 'plan' | 'promoter' | 'approvals' | 'freeze' | 'verified' | 'soak' | 'hold';

/** One thing that has to be right before a promotion is applied. */
export interface Gate {
	name: GateName;
	/** waiting: time or somebody's word opens it; closed: something has to be done first. */
	state: 'passed' | 'waiting' | 'closed';
	/** Stable, for the state. */
	code: string;
	message: string;
}

export interface GateInput {
	plan: Pick<Plan, 'digest' | 'changes' | 'blockers'>;
	createdBy: string;
	/** Who wants to apply it; null: it goes on by itself, as a rule says. */
	actor: { name: string; role: string } | null;
	/** Null: the environment is not protected. */
	rules: ProtectionRules | null;
	approvals: readonly Approval[];
	/** Active ones of the environment. */
	holds: readonly PromotionHold[];
	/** One per environment that the rules name. */
	verifications: readonly Verification[];
	now: Date;
}

/** Every gate before an environment, passed or not. */
export function gatesOf(input: GateInput): Gate[] {
	const { rules } = input;
	return [
		planGate(input),
		...(rules
			? [
					promoterGate(input, rules),
					approvalsGate(input, rules),
					freezeGate(input, rules),
					...verifiedGates(input, rules),
				]
			: []),
		holdGate(input),
	];
}

export function notPassed(gates: readonly Gate[]): Gate[] {
	return gates.filter(({ state }) => state !== 'passed');
}

/** Approvals that count for this plan. */
export function approvalsFor({
	plan,
	approvals,
}: Pick<GateInput, 'plan' | 'approvals'>): Approval[] {
	return approvals.filter(
		({ decision, planDigest }) => decision === 'approve' && planDigest === plan.digest,
	);
}

function planGate({ plan: { blockers } }: GateInput): Gate {
	if (blockers.length === 0) return passed('plan', 'Nothing stands in the way of the plan.');
	const first = blockers[0]?.message ?? '';
	return {
		name: 'plan',
		state: 'closed',
		code: 'plan_blocked',
		message: `The plan has ${blockers.length} blocker(s); mend them and plan again. First: ${first}`,
	};
}

function promoterGate({ actor }: GateInput, { promoters }: ProtectionRules): Gate {
	if (actor === null) return passed('promoter', 'It goes on by itself, as the rules say.');
	if (fits(promoters, actor)) return passed('promoter', `"${actor.name}" may promote here.`);
	const names = [...(promoters?.names ?? []), ...(promoters?.roles ?? [])].join(', ');
	return {
		name: 'promoter',
		state: 'closed',
		code: 'promoter_not_allowed',
		message: `"${actor.name}" may not promote here; this is for ${names || 'nobody'}.`,
	};
}

function approvalsGate(input: GateInput, { approvals: wanted }: ProtectionRules): Gate {
	const given = approvalsFor(input);
	const names = given.map(({ approver }) => approver).join(', ');
	const count = `${given.length} of ${wanted} approval(s)${names ? `, by ${names}` : ''}`;
	if (given.length >= wanted) return passed('approvals', `There are ${count}.`);
	return {
		name: 'approvals',
		state: 'waiting',
		code: 'approvals_missing',
		message: `There are ${count}. Give one with POST /api/v1/promotions/{id}/approvals.`,
	};
}

function freezeGate({ now }: GateInput, { freezes }: ProtectionRules): Gate {
	const frozen = frozenBy(freezes, now);
	if (!frozen) return passed('freeze', 'No freeze holds now.');
	return {
		name: 'freeze',
		state: 'waiting',
		code: 'frozen',
		message: `"${frozen.name}" freezes the environment until ${frozen.until}.`,
	};
}

function verifiedGates({ verifications }: GateInput, { verifiedIn }: ProtectionRules): Gate[] {
	if (!verifiedIn) return [];
	const enough = (fine: (each: Verification) => boolean) =>
		verifiedIn.mode === 'all' ? verifications.every(fine) : verifications.some(fine);
	const arrived = enough(({ state }) => state === 'verified' || state === 'soaking');
	const soaked = enough(({ state }) => state === 'verified');
	const story = verifications.map(inWords).join('; ');
	return [
		arrived
			? passed('verified', `${story}.`)
			: { name: 'verified', state: 'closed', code: 'not_verified', message: `${story}.` },
		soaked || !arrived
			? passed('soak', arrived ? 'The soak is over.' : 'Nothing soaks.')
			: { name: 'soak', state: 'waiting', code: 'soaking', message: `${story}.` },
	];
}

function inWords({ environment, state, missing, until }: Verification): string {
	if (state === 'missing') {
		const names = missing.map((name) => `"${name}"`).join(', ');
		return `${environment} does not run ${names} in this version, promote there first`;
	}
	if (state === 'regressed') return `in ${environment} it regressed`;
	if (state === 'soaking') {
		return `it has succeeded in ${environment} and soaks there until ${until?.toISOString() ?? ''}`;
	}
	return `it has succeeded in ${environment}`;
}

function holdGate({ plan, holds, rules, actor }: GateInput): Gate {
	const hold = holds.find((each) => bringsBack(plan.changes, each));
	if (!hold) return passed('hold', 'Nothing of it is held.');
	if (rules === null && actor !== null) {
		return passed(
			'hold',
			`${heldBecause(hold)} The environment is not protected, so by hand it may come back.`,
		);
	}
	return heldGate(hold);
}

export function heldGate(hold: PromotionHold): Gate {
	return {
		name: 'hold',
		state: 'closed',
		code: 'held',
		message: `${heldBecause(hold)} Release it with POST /api/v1/environments/${hold.environment}/holds/${hold.id}/release.`,
	};
}

function heldBecause({ placedAt, placedBy, reason }: PromotionHold): string {
	return `It brings back what is held since ${placedAt.toISOString()} by ${placedBy}: ${reason}.`;
}

function passed(name: GateName, message: string): Gate {
	return { name, state: 'passed', code: 'passed', message };
}
