import type { Page } from '../../sidecar/contract/problem';
import type { Hold, Promotion, PromotionEvent } from '../../sidecar/contract/promotions';
import { expectOk, request } from '../support/n8n/n8n-requests';
import { until } from '../support/n8n/until';
import { read } from '../support/n8n/workflow-edits';
import { createWorkflow } from '../support/n8n/workflow-runs';
import { subWorkflow } from '../support/n8n/workflows';
import { startSidecar } from '../support/sidecar/sidecar-process';
import {
	codeIn,
	editCode,
	fresh,
	openScene,
	refusal,
	targetId,
	type Scene,
} from './promotion-scene';

jest.setTimeout(180_000);

let scene: Scene;
const tokens: Record<string, string> = {};

beforeAll(async () => {
	scene = await openScene();
	for (const [name, role] of [
		['ada', 'operator'],
		['bob', 'operator'],
		['vic', 'viewer'],
	] as const) {
		const made = await scene.sidecar.api<{ token: string }>('/tokens', { body: { name, role } });
		tokens[name] = expectOk(`make a token for ${name}`, made).token;
	}
	// The same instance under another name: promotions there make copies beside the originals.
	const quiet = { deadLetters: { follow: false } };
	await scene.operator.register('staging', scene.dev, { stage: 20, ...quiet });
});
afterAll(async () => {
	await scene?.close();
});

const code = (v: number) => `return [{ json: { v: ${v} } }];`;
const as = (name: string) => ({ token: tokens[name] ?? '' });

async function protect(rules: object | boolean): Promise<void> {
	await scene.operator.register(
		'production',
		{ ...scene.production, baseUrl: scene.proxy.baseUrl },
		{
			protected: rules,
			deadLetters: { follow: false },
		},
	);
}

async function planned(name: string, body: object, by = 'ada'): Promise<Promotion> {
	const answer = await scene.sidecar.api<Promotion>('/promotions', { body, ...as(by) });
	return expectOk(`plan ${name}`, answer);
}

async function workflow() {
	const name = fresh('Gated');
	const { id } = await createWorkflow(scene.dev, subWorkflow(name, code(1)));
	const into = { environment: 'dev', workflowIds: [id], to: 'production' };
	return { name, id, into };
}

const apply = async ({ id, plan }: Promotion, by: string | null, more: object = {}) =>
	await scene.sidecar.api<Promotion>(`/promotions/${id}/apply`, {
		body: { planDigest: plan.digest, ...more },
		...(by === null ? {} : as(by)),
	});
const say = async ({ id, plan }: Promotion, by: string, decision = 'approve', more: object = {}) =>
	await scene.sidecar.api<Promotion>(`/promotions/${id}/approvals`, {
		body: { decision, planDigest: plan.digest, ...more },
		...as(by),
	});
const show = async (id: string) =>
	expectOk('show it', await scene.sidecar.api<Promotion>(`/promotions/${id}`));
const closed = ({ gates }: Promotion) =>
	gates?.filter(({ state }) => state !== 'passed').map(({ code: why }) => why);

it('waits for approvals of the very plan, by others than its author', async () => {
	await protect({ approvals: 1 });
	const { name, id, into } = await workflow();
	const first = await planned(name, into);
	expect(first.phase).toBe('awaiting-approval');
	expect(closed(first)).toEqual(['approvals_missing']);

	const early = await apply(first, 'ada');
	expect([early.status, early.body]).toMatchObject([
		409,
		{ code: 'promotion_gate_closed', gates: [{ code: 'approvals_missing' }] },
	]);
	expect(await refusal(say(first, 'ada'))).toMatchObject({
		status: 403,
		code: 'approval_not_allowed',
	});
	expect(await refusal(say(first, 'vic'))).toMatchObject({ status: 403, code: 'forbidden' });
	const other = { planDigest: '0'.repeat(64) };
	expect(await refusal(say(first, 'bob', 'approve', other))).toMatchObject({
		code: 'promotion_plan_stale',
	});

	expect(expectOk('approve', await say(first, 'bob')).phase).toBe('planned');
	expect(expectOk('approve again', await say(first, 'bob')).approvals).toHaveLength(1);
	// The approval dies with its plan.
	await editCode(scene.dev, id, code(2));
	expect(await refusal(apply(first, 'ada'))).toMatchObject({ code: 'promotion_plan_stale' });
	const second = await planned(name, into);
	expect(closed(second)).toEqual(['approvals_missing']);
	const rejected = expectOk('reject', await say(second, 'bob', 'reject', { reason: 'too late' }));
	expect(rejected).toMatchObject({ phase: 'aborted', reason: 'rejected by bob: too late' });
	expect(await refusal(apply(second, 'ada'))).toMatchObject({ code: 'promotion_phase' });

	const third = await planned(name, into);
	await say(third, 'bob');
	expectOk('apply', await apply(third, 'ada'));
	expect(await scene.operator.ended(third.id)).toMatchObject({
		phase: 'succeeded',
		breakGlass: null,
	});
});

it('lets an admin break the glass with a reason, and keeps that', async () => {
	const now = Date.now();
	const day = (days: number) => new Date(now + days * 86_400_000).toISOString().slice(0, 16);
	const freeze = { name: 'quarter end', timezone: 'UTC', from: day(-1), until: day(1) };
	await protect({ approvals: 2, freezes: [freeze], promoters: { names: ['bob'] } });
	const { name, into } = await workflow();
	const promotion = await planned(name, into);
	const asked = await apply(promotion, 'ada');
	expect(asked.body).toMatchObject({
		gates: [{ code: 'promoter_not_allowed' }, { code: 'approvals_missing' }, { code: 'frozen' }],
	});
	const breakGlass = { reason: 'orders are lost' };
	expect(await refusal(apply(promotion, 'ada', { breakGlass }))).toMatchObject({
		code: 'forbidden',
	});
	expectOk('break the glass', await apply(promotion, null, { breakGlass }));
	expect(await scene.operator.ended(promotion.id)).toMatchObject({
		phase: 'succeeded',
		breakGlass: {
			by: 'bootstrap',
			reason: 'orders are lost',
			gates: ['promoter_not_allowed', 'approvals_missing', 'frozen'],
		},
	});
});

it('tells what happens as it happens, on any replica, and goes on where one left off', async () => {
	await protect(false);
	const { name, into } = await workflow();
	const promotion = await planned(name, into);
	const replica = await startSidecar({ databaseUrl: scene.database.connectionString });
	try {
		const url = `${replica.url}/api/v1/promotions/${promotion.id}/events`;
		const authorization = `Bearer ${scene.sidecar.token}`;
		const stream = fetch(url, { headers: { authorization, accept: 'text/event-stream' } });
		const response = await stream;
		expect(response.headers.get('content-type')).toContain('text/event-stream');
		expectOk('apply', await apply(promotion, 'ada'));
		const events = eventsIn(await response.text());
		expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => index + 1));
		expect(events.at(-1)).toMatchObject({ type: 'phase', data: { phase: 'succeeded' } });
		const { steps } = await show(promotion.id);
		const told = events.filter(({ type, data }) => type === 'step' && data['status'] === 'done');
		expect(told.map(({ data }) => data['action'])).toEqual(steps.map(({ action }) => action));

		const rest = await request<string>(url, { headers: { authorization, 'last-event-id': '3' } });
		expect(eventsIn(rest.body)).toEqual(events.slice(3));
		const last = { authorization, 'last-event-id': String(events.length) };
		expect((await request(url, { headers: last })).status).toBe(204);
	} finally {
		await replica.stop();
	}
});

function eventsIn(text: string): PromotionEvent[] {
	return text.split('\n\n').flatMap((block) => {
		const data = block.split('\n').find((line) => line.startsWith('data: '));
		return data ? [JSON.parse(data.slice(6)) as PromotionEvent] : [];
	});
}

it('holds what was rolled back until somebody releases it, by hand too where it is protected', async () => {
	await protect(true);
	const { name, id, into } = await workflow();
	await scene.operator.promote(into);
	await editCode(scene.dev, id, code(2));
	const bad = await scene.operator.promote(into);
	const back = await scene.operator.rollBack(bad.id);
	expect(back.phase).toBe('succeeded');

	const { releaseId } = bad;
	const again = await planned(name, { releaseId, to: 'production' });
	expect(closed(again)).toEqual(['held']);
	expect((await apply(again, null, { breakGlass: { reason: 'please' } })).body).toMatchObject({
		code: 'promotion_gate_closed',
		gates: [{ code: 'held' }],
	});
	// A roll-back of the roll-back would bring it back as well.
	const forth = await refusal(scene.sidecar.api(`/promotions/${back.id}/rollback`, { body: {} }));
	expect(forth).toMatchObject({ status: 409, code: 'promotion_gate_closed' });

	await editCode(scene.dev, id, code(3));
	expect((await scene.operator.promote(into)).phase).toBe('succeeded');

	const holds = await scene.sidecar.api<Page<Hold>>('/environments/production/holds?active=true');
	const hold = holds.body.data.find(({ promotionId }) => promotionId === bad.id);
	const release = `/environments/production/holds/${hold?.id ?? ''}/release`;
	const released = await scene.sidecar.api<Hold>(release, {
		body: { reason: 'it was not at fault' },
		...as('ada'),
	});
	expect(expectOk('release', released)).toMatchObject({ releasedBy: 'ada' });
	const third = await planned(name, { releaseId, to: 'production' });
	expect(closed(third)).toEqual([]);
	expectOk('apply', await apply(third, 'ada'));
	expect((await scene.operator.ended(third.id)).phase).toBe('succeeded');
});

it('takes only what runs and has soaked in an earlier stage, and then takes it by itself', async () => {
	const soaking = { stage: 20, deadLetters: { follow: false } };
	await scene.operator.register('staging', scene.dev, {
		...soaking,
		protected: { soakSeconds: 3600 },
	});
	const rules = { verifiedIn: { environments: ['staging'], mode: 'all' } };
	await protect(rules);
	const { name, id, into } = await workflow();
	const early = await planned(name, into);
	expect(closed(early)).toEqual(['not_verified']);
	expect(await refusal(apply(early, 'ada'))).toMatchObject({ code: 'promotion_gate_closed' });

	const mappings = { workflows: { [id]: 'create' } };
	const staged = await planned(name, { ...into, to: 'staging', mappings });
	expectOk('apply to staging', await apply(staged, 'ada'));
	expect((await scene.operator.ended(staged.id)).phase).toBe('succeeded');
	const { releaseId } = staged;
	const next = await planned(name, { releaseId, to: 'production' });
	expect(closed(next)).toEqual(['soaking']);

	// With nothing left to soak, the open promotion may pass, and the next success goes on by itself.
	await scene.operator.register('staging', scene.dev, {
		...soaking,
		protected: { soakSeconds: 0 },
	});
	expect(closed(await show(next.id))).toEqual([]);
	await protect({ ...rules, autoPromoteFrom: ['staging'] });
	await editCode(scene.dev, id, code(2));
	const second = await planned(name, { ...into, to: 'staging' });
	expectOk('apply to staging', await apply(second, 'ada'));
	const onward = await until(
		'the release to go on by itself',
		async () => {
			const { body } = await scene.sidecar.api<Page<Promotion>>('/promotions?to=production');
			return body.data.find((each) => each.releaseId === second.releaseId);
		},
		{ deadlineMs: 60_000, explain: () => scene.sidecar.log().slice(-3000) },
	);
	const done = await scene.operator.ended(onward.id);
	expect(done).toMatchObject({ phase: 'succeeded', createdBy: 'auto-promotion' });
	const target = await read(scene.production, await targetId(scene, done, name));
	expect(codeIn(target.activeVersion?.nodes)).toBe(code(2));
	await protect(false);
});
