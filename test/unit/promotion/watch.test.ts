import { defaultProtection } from '../../../sidecar/environments/protection';
import type { ExecutionRecord } from '../../../sidecar/engines/port/execution';
import { baselineOf } from '../../../sidecar/promotion/watch/baseline';
import {
	atMost,
	toleranceLimit,
	upperRate,
} from '../../../sidecar/promotion/watch/binomial-bounds';
import { countRuns, emptyFinding } from '../../../sidecar/promotion/watch/count-runs';
import { regressionsIn } from '../../../sidecar/promotion/watch/judge';
import { seededRandom } from '../../support/seeded-random';

const rules = defaultProtection.watch;
const start = Date.parse('2031-04-01T12:00:00.000Z');

function run(id: number, more: Partial<ExecutionRecord> & { ms?: number } = {}): ExecutionRecord {
	const { ms = 100, ...fields } = more;
	return {
		id: String(id),
		workflowId: 'w',
		status: 'success',
		mode: 'webhook',
		retryOf: null,
		retrySuccessId: null,
		startedAt: new Date(start + id * 1000).toISOString(),
		stoppedAt: new Date(start + id * 1000 + ms).toISOString(),
		...fields,
	};
}

const runs = (
	count: number,
	from: number,
	more: (at: number) => Parameters<typeof run>[1] = () => ({}),
) => Array.from({ length: count }, (_, at) => run(from + at, more(at)));

const about = {
	workflowKey: 'orders',
	name: 'Orders',
	workflowId: 'w',
	since: run(1000).startedAt ?? '',
};
const before = (records: ExecutionRecord[], workflows = 1) =>
	baselineOf(about, records, rules, workflows);

it('knows the binomial distribution', () => {
	expect(atMost(0, 10, 0.5)).toBeCloseTo(1 / 1024);
	expect(atMost(5, 10, 0.5)).toBeCloseTo(0.623046875);
	expect(atMost(10, 10, 0.5)).toBe(1);
	// Tables of Clopper and Pearson: 0 of 20, and 1 of 20, at 2.5 %.
	expect(upperRate(0, 20, 0.025)).toBeCloseTo(0.1684, 4);
	expect(upperRate(1, 20, 0.025)).toBeCloseTo(0.2487, 4);
	expect(upperRate(3, 3, 0.01)).toBe(1);
});

it('says from how many values on a limit can be given, and keeps to its risk', () => {
	const values = (count: number, random: () => number) => Array.from({ length: count }, random);
	// 0.8 to the power of 21 is below 1 %, of 20 above.
	expect(
		toleranceLimit(
			values(20, () => 1),
			0.2,
			0.01,
		),
	).toBeNull();
	expect(
		toleranceLimit(
			values(21, () => 1),
			0.2,
			0.01,
		),
	).toBe(1);
	const random = seededRandom(7);
	const wrong = Array.from(
		{ length: 2_000 },
		() =>
			// Of uniform numbers the share above a limit is 1 minus the limit.
			(toleranceLimit(values(60, random), 0.2, 0.05) ?? 1) < 0.8,
	).filter((isWrong) => isWrong).length;
	expect(wrong / 2_000).toBeLessThanOrEqual(0.05 + 3 * Math.sqrt((0.05 * 0.95) / 2_000));
});

describe('what the old version did', () => {
	it('leaves out what people ran by hand, and what was stopped', () => {
		const { runs: counted, failures } = before([
			...runs(30, 1),
			run(40, { mode: 'manual', status: 'error' }),
			run(41, { mode: 'retry', status: 'error' }),
			run(42, { status: 'canceled' }),
			run(43, { status: 'running', stoppedAt: null }),
			run(44, { status: 'crashed' }),
			run(45, { status: 'error' }),
		]);
		expect([counted, failures]).toEqual([32, 2]);
	});

	it('takes one in ten for usual when it knows too little, and judges no durations then', () => {
		const little = before(runs(19, 1));
		expect(little.failureTest).toMatchObject({ usual: 0.1, bad: 0.2 });
		expect(little.slowTest).toBeNull();
	});

	it('shares the chance of a false alarm out over the workflows', () => {
		expect(before(runs(100, 1), 1).failureTest?.alpha).toBeCloseTo(0.0025);
		expect(before(runs(100, 1), 10).failureTest?.alpha).toBeCloseTo(0.00025);
	});

	it('has nothing to compare with where nearly all failed before', () => {
		expect(before(runs(50, 1, () => ({ status: 'error' }))).failureTest).toBeNull();
	});
});

describe('a whole soak', () => {
	/** Share of soaks of 300 runs that end in an alarm, each with a history of its own. */
	function alarms(old: () => Partial<ExecutionRecord> & { ms?: number }, next: typeof old): number {
		const times = 200;
		let found = 0;
		for (let soak = 0; soak < times; soak += 1) {
			const baseline = before(runs(200, 1, old));
			const finding = countRuns(baseline, emptyFinding('orders'), runs(300, 1001, next), []);
			if (regressionsIn([baseline], [finding]).length > 0) found += 1;
		}
		return found / times;
	}
	const random = seededRandom(11);
	const failing = (rate: number) => () =>
		random() < rate ? { status: 'error' as const } : { ms: 50 + 100 * random() };

	it('alarms when nothing has changed no more often than it says', () => {
		// One in a hundred of 200, and three standard deviations.
		expect(alarms(failing(0.03), failing(0.03))).toBeLessThanOrEqual(0.031);
	});

	it('finds a failure rate that has risen, and durations that have doubled', () => {
		expect(alarms(failing(0.03), failing(0.25))).toBeGreaterThan(0.95);
		expect(alarms(failing(0.03), () => ({ ms: 300 + 100 * random() }))).toBeGreaterThan(0.95);
	});

	it('says in words what has become worse', () => {
		const baseline = before(runs(100, 1));
		const bad = countRuns(
			baseline,
			emptyFinding('orders'),
			runs(20, 1001, () => ({ status: 'error' })),
			[],
		);
		expect(regressionsIn([baseline], [bad])[0]).toMatch(
			/^"Orders" failed in \d+ of \d+ runs, before in 0 of 100/,
		);
	});
});

describe('counting', () => {
	const baseline = before(runs(100, 1));

	it('counts each run once, also one that ends after later ones', () => {
		let finding = emptyFinding('orders');
		const rounds = [
			{ list: [run(1001), run(1003)], open: ['1002'] },
			{ list: [run(1001), run(1003), run(1004)], open: ['1002'] },
			{ list: [run(1001), run(1002, { status: 'error' }), run(1003), run(1004)], open: [] },
			{ list: [run(1005)], open: [] },
			{ list: [run(1005), run(1004)], open: [] },
		] as const;
		for (const { list, open } of rounds) finding = countRuns(baseline, finding, list, open);
		expect(finding.failures).toMatchObject({ observed: 5, hits: 1 });
		expect(finding.cursor.upTo).toBe('1005');
	});

	it('does not pass by a run that neither list has shown', () => {
		// 1001 began after the first look at what is open and ended before the second.
		let finding = countRuns(baseline, emptyFinding('orders'), [run(1002)], []);
		finding = countRuns(baseline, finding, [run(1001), run(1002)], []);
		expect(finding.failures.observed).toBe(2);
	});

	it('counts nothing that began before the new version was seen live', () => {
		expect(countRuns(baseline, emptyFinding('orders'), [run(999)], []).failures.observed).toBe(0);
	});
});
