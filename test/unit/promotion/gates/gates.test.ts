import {
	defaultProtection,
	type ProtectionRules,
} from '../../../../sidecar/environments/protection';
import { gatesOf, notPassed, type GateInput } from '../../../../sidecar/promotion/gates/gates';
import type { PromotionHold } from '../../../../sidecar/promotion/gates/promotion-hold';
import { change } from '../fixtures';

const now = new Date('2031-04-01T12:00:00.000Z');
const finding = { code: 'x', message: 'Mend this.', workflowKey: null, place: null };

function input(
	more: Partial<GateInput> = {},
	rules: Partial<ProtectionRules> | null = {},
): GateInput {
	return {
		plan: { digest: 'plan', changes: [change('orders')], blockers: [] },
		createdBy: 'ada',
		actor: { name: 'bob', role: 'operator' },
		rules: rules && { ...defaultProtection, ...rules },
		approvals: [],
		holds: [],
		verifications: [],
		now,
		...more,
	};
}

const codes = (of: GateInput) => notPassed(gatesOf(of)).map(({ code }) => code);
const approval = (approver: string, more: object = {}) => ({
	approver,
	decision: 'approve' as const,
	reason: null,
	planDigest: 'plan',
	at: now,
	...more,
});
const hold: PromotionHold = {
	id: 'hold',
	environment: 'production',
	promotionId: 'bad',
	versions: { orders: 'version of orders', stock: 'version of stock' },
	reason: 'it loses orders',
	placedBy: 'ada',
	placedAt: now,
	releasedBy: null,
	releaseReason: null,
	releasedAt: null,
};

it('lets everything through where nothing is asked for, and shows every gate', () => {
	expect(codes(input())).toEqual([]);
	expect(gatesOf(input()).map(({ name }) => name)).toEqual([
		'plan',
		'promoter',
		'approvals',
		'freeze',
		'hold',
	]);
	expect(gatesOf(input({}, null)).map(({ name }) => name)).toEqual(['plan', 'hold']);
});

it('stops a plan that is blocked', () => {
	const plan = { digest: 'plan', changes: [], blockers: [finding] };
	expect(codes(input({ plan }, null))).toEqual(['plan_blocked']);
});

it('lets in who is named or has the role, and rules themselves', () => {
	const promoters = { names: ['ci'], roles: ['admin' as const] };
	const as = (actor: GateInput['actor']) => codes(input({ actor }, { promoters }));
	expect(as({ name: 'bob', role: 'operator' })).toEqual(['promoter_not_allowed']);
	expect(as({ name: 'ci', role: 'operator' })).toEqual([]);
	expect(as({ name: 'eve', role: 'admin' })).toEqual([]);
	expect(as(null)).toEqual([]);
});

it('counts approvals of this very plan only', () => {
	const with_ = (...approvals: GateInput['approvals']) =>
		codes(input({ approvals }, { approvals: 2 }));
	expect(with_()).toEqual(['approvals_missing']);
	expect(with_(approval('bob'))).toEqual(['approvals_missing']);
	expect(with_(approval('bob'), approval('eve', { planDigest: 'another' }))).toEqual([
		'approvals_missing',
	]);
	expect(with_(approval('bob'), approval('eve', { decision: 'reject' }))).toEqual([
		'approvals_missing',
	]);
	expect(with_(approval('bob'), approval('eve'))).toEqual([]);
});

it('waits while the environment is frozen', () => {
	const freezes = [
		{ name: 'spring', timezone: 'UTC', from: '2031-04-01T00:00', until: '2031-04-02T00:00' },
	];
	const [gate] = notPassed(gatesOf(input({}, { freezes })));
	expect(gate).toMatchObject({ code: 'frozen', state: 'waiting' });
	expect(gate?.message).toContain('"spring" freezes the environment until 2031-04-02T00:00 UTC');
});

describe('what has to run elsewhere first', () => {
	const [staging, canary] = ['staging', 'canary'];
	const at = (environment: string, state: 'verified' | 'missing' | 'soaking' | 'regressed') => ({
		environment,
		state,
		missing: state === 'missing' ? ['Orders'] : [],
		until: state === 'soaking' ? now : null,
	});
	const cases: Array<['any' | 'all', ReturnType<typeof at>[], string[]]> = [
		['all', [at(staging, 'verified'), at(canary, 'verified')], []],
		['all', [at(staging, 'verified'), at(canary, 'missing')], ['not_verified']],
		['all', [at(staging, 'verified'), at(canary, 'soaking')], ['soaking']],
		['all', [at(staging, 'verified'), at(canary, 'regressed')], ['not_verified']],
		['any', [at(staging, 'verified'), at(canary, 'regressed')], []],
		['any', [at(staging, 'soaking'), at(canary, 'missing')], ['soaking']],
		['any', [at(staging, 'missing'), at(canary, 'missing')], ['not_verified']],
	];
	it.each(cases)('%s of %j: %j', (mode, verifications, expected) => {
		const verifiedIn = { environments: [staging, canary], mode };
		expect(codes(input({ verifications }, { verifiedIn }))).toEqual(expected);
	});
});

describe('a hold', () => {
	const bringing = (versions: Record<string, string>, more: Partial<GateInput> = {}) =>
		input({
			plan: {
				digest: 'plan',
				blockers: [],
				changes: Object.entries(versions).map(([key, versionId]) => change(key, { versionId })),
			},
			holds: [hold],
			...more,
		});

	it('stops the release that is held, whole, in part, or inside a larger one', () => {
		const { orders, stock } = hold.versions as { orders: string; stock: string };
		expect(codes(bringing({ orders, stock }))).toEqual(['held']);
		expect(codes(bringing({ orders }))).toEqual(['held']);
		expect(codes(bringing({ orders, stock, other: 'x' }))).toEqual(['held']);
	});

	it('lets through a release with something of it mended, and what it does not concern', () => {
		const { stock } = hold.versions as { stock: string };
		expect(codes(bringing({ orders: 'mended', stock }))).toEqual([]);
		expect(codes(bringing({ other: 'x' }))).toEqual([]);
	});

	it('stops what goes by itself even where nothing is protected, but not a hand', () => {
		const versions = hold.versions;
		expect(codes({ ...bringing(versions), rules: null })).toEqual([]);
		expect(codes({ ...bringing(versions), rules: null, actor: null })).toEqual(['held']);
	});
});
