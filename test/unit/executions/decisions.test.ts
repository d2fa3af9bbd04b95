import { afterFailure, type FailedAttempt } from '../../../sidecar/executions/after-failure';
import { defaultPolicy } from '../../../sidecar/executions/execution';
import { takeTurns, type Lane, type Turns } from '../../../sidecar/executions/fair-turns';
import { keptResult, largestResult } from '../../../sidecar/executions/kept-result';
import { createPace } from '../../../sidecar/executions/pace';
import { createRedaction, redactInput } from '../../../sidecar/executions/redaction';
import { after, noon } from '../../support/dead-letters/letters';

describe('after a failed attempt', () => {
	const execution = {
		attempts: 1,
		deadline: null,
		cancelRequested: false,
		origin: 'api' as const,
		policy: { ...defaultPolicy, attempts: 3, baseDelayMs: 100, jitter: 0 },
	};
	const failed = (given: Partial<FailedAttempt> = {}): FailedAttempt => ({
		how: 'error',
		lasting: false,
		failure: {
			error: { node: null, name: 'Error', message: 'no', description: null, httpStatus: 503 },
			errorClass: 'transient',
		},
		...given,
	});
	const next = (given: object, how: Partial<FailedAttempt> = {}) =>
		afterFailure({ ...execution, ...given }, failed(how), noon, 0);

	it('tries again after a pause that doubles', () => {
		expect(next({})).toEqual({ next: 'again', at: after(100) });
		expect(next({ attempts: 2 })).toEqual({ next: 'again', at: after(200) });
	});

	it('gives up when its attempts are used up, or when the failure will not pass', () => {
		expect(next({ attempts: 3 })).toEqual({ next: 'give-up', outcome: 'error' });
		const data = { failure: { ...failed().failure, errorClass: 'data' as const } };
		expect(next({}, data)).toEqual({ next: 'give-up', outcome: 'error' });
	});

	it('tries what the policy names, whatever it is', () => {
		const policy = { ...execution.policy, retryOn: ['data' as const] };
		const data = { failure: { ...failed().failure, errorClass: 'data' as const } };
		expect(next({ policy }, data)).toMatchObject({ next: 'again' });
		expect(next({ policy })).toEqual({ next: 'give-up', outcome: 'error' });
	});

	it('never begins again what was cut off or may have succeeded', () => {
		expect(next({}, { how: 'crashed' })).toEqual({ next: 'give-up', outcome: 'crashed' });
		expect(next({}, { how: 'lost' })).toEqual({ next: 'give-up', outcome: 'lost' });
	});

	it('begins a child of a join again that was cut off, when its parent asked for more attempts', () => {
		const child = { origin: 'join' as const };
		expect(next(child, { how: 'crashed' })).toMatchObject({ next: 'again' });
		expect(next(child, { how: 'lost' })).toEqual({ next: 'give-up', outcome: 'lost' });
		const once = { ...child, policy: { ...execution.policy, attempts: 1 } };
		expect(next(once, { how: 'crashed' })).toEqual({ next: 'give-up', outcome: 'crashed' });
	});

	it('tries again what was never started, unless it will be refused again', () => {
		expect(next({}, { how: 'refused' })).toMatchObject({ next: 'again' });
		expect(next({}, { how: 'refused', lasting: true })).toEqual({
			next: 'give-up',
			outcome: 'refused',
		});
	});

	it('knows its deadline: over, or before the next attempt', () => {
		expect(next({ deadline: noon })).toEqual({ next: 'give-up', outcome: 'deadline' });
		expect(next({ deadline: after(50) })).toEqual({ next: 'give-up', outcome: 'error' });
		expect(next({ deadline: after(101) })).toMatchObject({ next: 'again' });
	});

	it('is canceled when that was asked for', () => {
		expect(next({ cancelRequested: true })).toEqual({ next: 'canceled' });
	});
});

describe('turns', () => {
	const lane = (tenant: string, ...heads: string[]): Lane => ({
		environment: 'dev',
		tenant,
		workflowId: 'orders',
		heads: heads.map((id) => ({ id, priority: 0, concurrency: null })),
	});
	const turns = (lanes: Lane[], given: Partial<Turns> = {}): Turns => ({
		lanes,
		slots: () => 4,
		ofWorkflow: () => 0,
		ofTenant: () => 0,
		shareOf: () => ({ pass: 0, weight: 1, concurrent: null }),
		clockOf: () => 0,
		...given,
	});

	it('go round between tenants, however much one has', () => {
		const { ids } = takeTurns(turns([lane('a', 'a1', 'a2', 'a3', 'a4'), lane('b', 'b1', 'b2')]));
		expect(ids).toEqual(['a1', 'b1', 'a2', 'b2']);
	});

	it('go by weight', () => {
		const shareOf = (_: string, tenant: string) => ({
			pass: 0,
			weight: tenant === 'a' ? 3 : 1,
			concurrent: null,
		});
		const many = (tenant: string) =>
			lane(tenant, ...Array.from({ length: 8 }, (_, nth) => `${tenant}${nth}`));
		const { ids } = takeTurns(turns([many('a'), many('b')], { shareOf, slots: () => 8 }));
		expect(ids.filter((id) => id.startsWith('a'))).toHaveLength(6);
	});

	it('carry over to the next round, and an idle tenant is owed nothing', () => {
		const passes = new Map([
			['a', 7],
			['b', 2],
		]);
		const shareOf = (_: string, tenant: string) => ({
			pass: passes.get(tenant) ?? 0,
			weight: 1,
			concurrent: null,
		});
		const lanes = [lane('a', 'a1', 'a2'), lane('b', 'b1', 'b2'), lane('new', 'n1', 'n2')];
		const chosen = takeTurns(turns(lanes, { shareOf, clockOf: () => 6 }));
		expect(chosen.ids).toEqual(['b1', 'n1', 'a1', 'b2']);
		expect(chosen.clocks).toEqual([{ environment: 'dev', clock: 7 }]);
	});

	it('keep a tenant and a workflow to their limits', () => {
		const shareOf = () => ({ pass: 0, weight: 1, concurrent: 2 });
		const ofTenant = () => 1;
		const limited = takeTurns(turns([lane('a', 'a1', 'a2', 'a3')], { shareOf, ofTenant }));
		expect(limited.ids).toEqual(['a1']);
		const heads = ['1', '2', '3'].map((id) => ({ id, priority: 0, concurrency: 2 }));
		expect(takeTurns(turns([{ ...lane(''), heads }])).ids).toEqual(['1', '2']);
		expect(takeTurns(turns([{ ...lane(''), heads }], { ofWorkflow: () => 2 })).ids).toEqual([]);
	});

	it('put priority before age within a tenant, and keep to the slots of each environment', () => {
		const urgent = { ...lane('a'), workflowId: 'alarms' };
		urgent.heads = [{ id: 'z9', priority: 5, concurrency: null }];
		const elsewhere = { ...lane('a', 'p1', 'p2'), environment: 'production' };
		const slots = (environment: string) => (environment === 'dev' ? 2 : 1);
		const { ids } = takeTurns(turns([lane('a', 'a1', 'a2'), urgent, elsewhere], { slots }));
		expect(ids).toEqual(['z9', 'a1', 'p1']);
	});
});

describe('pace', () => {
	const paceAt = (time: { now: number }) => createPace({ now: () => time.now });

	it('grows while calls stay quick and shrinks when they queue up in the engine', () => {
		const pace = paceAt({ now: 0 });
		for (let nth = 0; nth < 4; nth += 1) pace.begin('dev');
		for (let nth = 0; nth < 200; nth += 1) {
			pace.answered('dev', 'orders', 100);
			while (pace.free('dev') > 0) pace.begin('dev');
		}
		const grown = countUnderWay(pace);
		expect(grown).toBeGreaterThan(10);
		for (let nth = 0; nth < 100; nth += 1) pace.answered('dev', 'orders', 2_000);
		for (let nth = 0; nth < grown; nth += 1) pace.release('dev');
		expect(pace.free('dev')).toBeLessThan(grown);
		expect(pace.free('dev')).toBeGreaterThanOrEqual(5);
	});

	it('sends nothing while the engine is away, longer each time, and begins carefully', () => {
		const time = { now: 0 };
		const pace = paceAt(time);
		const first = pace.away('dev').getTime();
		expect(pace.away('dev').getTime()).toBe(first);
		expect(pace.free('dev')).toBe(0);
		expect(pace.free('production')).toBe(4);
		time.now = first;
		expect(pace.free('dev')).toBe(2);
		expect(pace.away('dev').getTime() - first).toBe(2 * first);
	});

	function countUnderWay(pace: ReturnType<typeof createPace>): number {
		let released = 0;
		const size = () => pace.free('dev');
		while (size() === 0) {
			pace.release('dev');
			released += 1;
		}
		const all = released + 1_000;
		for (let nth = 0; nth < all; nth += 1) pace.release('dev');
		const window = size();
		for (let nth = 0; nth < window; nth += 1) pace.begin('dev');
		return window;
	}
});

describe('redaction', () => {
	it('hides a key wherever it stands, and a path only there', () => {
		const { redact } = createRedaction(['password', 'body.card.number', '**.iban', 'rows.*.name']);
		const value = {
			Password: 'a',
			body: { card: { number: 1, holder: 'Ada' }, number: 2, deep: [{ password: 'b' }] },
			rows: [{ name: 'x', age: 1 }],
			x: { y: { iban: 'DE' } },
			iban: 'AT',
		};
		expect(redact(value)).toEqual({
			Password: '[redacted]',
			body: {
				card: { number: '[redacted]', holder: 'Ada' },
				number: 2,
				deep: [{ password: '[redacted]' }],
			},
			rows: [{ name: '[redacted]', age: 1 }],
			x: { y: { iban: '[redacted]' } },
			iban: '[redacted]',
		});
		expect(value.Password).toBe('a');
	});

	it('begins a path in the payload, in each item, and in what came out', () => {
		const redaction = createRedaction(['card.number']);
		const json = { card: { number: 1 } };
		const hidden = { card: { number: '[redacted]' } };
		expect(redactInput(redaction, { payload: json })).toEqual({ payload: hidden });
		expect(redactInput(redaction, { items: [{ json }] })).toEqual({ items: [{ json: hidden }] });
		expect(keptResult({ items: [{ json }] }, redaction).value).toEqual({
			items: [{ json: hidden }],
		});
		expect(keptResult(json, redaction).value).toEqual(hidden);
		const input = { payload: { card: 1 } };
		expect(redactInput(redaction, input)).toBe(input);
	});

	it('gives back the very value where it names nothing of it', () => {
		const value = { a: [{ b: null }] };
		expect(createRedaction(['password']).redact(value)).toBe(value);
		expect(createRedaction([]).redact(value)).toBe(value);
		expect(createRedaction(['a']).redact('a')).toBe('a');
	});
});

it('keeps a result up to its size, and of a larger one the beginning', () => {
	const none = createRedaction([]);
	expect(keptResult({ a: 1 }, none)).toEqual({ value: { a: 1 }, truncated: false });
	expect(keptResult(undefined, none)).toEqual({ value: null, truncated: false });
	const large = keptResult({ text: 'x'.repeat(largestResult) }, none);
	expect(large.truncated).toBe(true);
	expect(JSON.stringify(large.value).length).toBeLessThan(6_000);
});
