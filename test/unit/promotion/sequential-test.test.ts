import {
	nothingObserved,
	observe,
	observeAll,
	type SequentialTest,
} from '../../../sidecar/promotion/watch/sequential-test';
import { seededRandom } from '../../support/seeded-random';

const test: SequentialTest = { usual: 0.02, bad: 0.08, alpha: 0.05, beta: 0.1 };
const longest = 600;

/** What becomes of many soaks of a true failure rate: how many alarms, how many ever called healthy. */
function soaks(rate: number, times: number, seed: number) {
	const random = seededRandom(seed);
	const found = { alarms: 0, healthy: 0, runsToAlarm: 0 };
	for (let soak = 0; soak < times; soak += 1) {
		let state = nothingObserved;
		let wasHealthy = false;
		while (state.observed < longest && state.verdict !== 'regressed') {
			state = observe(test, state, random() < rate);
			wasHealthy ||= state.verdict === 'healthy';
		}
		if (state.verdict === 'regressed') {
			found.alarms += 1;
			found.runsToAlarm += state.observed;
		}
		if (wasHealthy) found.healthy += 1;
	}
	return {
		alarms: found.alarms / times,
		healthy: found.healthy / times,
		runsToAlarm: found.runsToAlarm / found.alarms,
	};
}

// Three standard deviations of a share of 1 000 soaks, so that the seed decides nothing.
const soakCount = 1_000;
const noise = (share: number) => 3 * Math.sqrt((share * (1 - share)) / soakCount);

it('raises a false alarm no more often than it says, however long one looks', () => {
	expect(soaks(test.usual, soakCount, 1).alarms).toBeLessThanOrEqual(
		test.alpha + noise(test.alpha),
	);
	expect(soaks(test.usual / 2, soakCount, 2).alarms).toBeLessThanOrEqual(test.alpha);
});

it('calls a regression healthy no more often than it says, and finds it', () => {
	const { alarms, healthy, runsToAlarm } = soaks(test.bad, soakCount, 3);
	expect(healthy).toBeLessThanOrEqual(test.beta + noise(test.beta));
	expect(alarms).toBeGreaterThanOrEqual(1 - test.beta);
	// Wald: log(1/alpha) over what one observation tells, about 64; the boundary is overshot a little.
	expect(runsToAlarm).toBeGreaterThan(40);
	expect(runsToAlarm).toBeLessThan(100);
});

it('finds a version that always fails within a few runs', () => {
	const strict = { ...test, alpha: 0.001 };
	expect(
		observeAll(
			strict,
			Array.from({ length: 5 }, () => true),
		).verdict,
	).toBe('regressed');
});

it('stays regressed once it is, and can leave healthy again', () => {
	const bad = observeAll(test, [true, true, true]);
	expect(bad.verdict).toBe('regressed');
	expect(observe(test, bad, false)).toBe(bad);
	const good = observeAll(
		test,
		Array.from({ length: 80 }, () => false),
	);
	expect(good.verdict).toBe('healthy');
	const later = Array.from({ length: 80 }, (_, at) => at % 2 === 0);
	expect(observeAll(test, [...Array.from({ length: 80 }, () => false), ...later]).verdict).toBe(
		'regressed',
	);
});
