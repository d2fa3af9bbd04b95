import type { SequentialState, SequentialTest } from './sequential-test';
import type { Baseline, WatchFinding } from './watch';

/** A regression in words, for each workflow that has one; empty: none. */
export function regressionsIn(
	baselines: readonly Baseline[],
	findings: readonly WatchFinding[],
): string[] {
	return baselines.flatMap((baseline) => {
		const finding = findings.find(({ workflowKey }) => workflowKey === baseline.workflowKey);
		if (!finding) return [];
		const { failures, slow } = finding;
		return [
			...(failures.verdict === 'regressed' ? [failuresInWords(baseline, failures)] : []),
			...(slow.verdict === 'regressed' ? [slownessInWords(baseline, slow)] : []),
		];
	});
}

function failuresInWords(
	{ name, runs, failures, failureTest }: Baseline,
	{ observed, hits }: SequentialState,
): string {
	return `"${name}" failed in ${hits} of ${observed} runs, before in ${failures} of ${runs} (${atRisk(failureTest)})`;
}

function slownessInWords(
	{ name, slowMs, slowTest }: Baseline,
	{ observed, hits }: SequentialState,
): string {
	return `"${name}" took more than ${Math.round(slowMs)} ms in ${hits} of ${observed} runs, before in at most one of five (${atRisk(slowTest)})`;
}

function atRisk(test: SequentialTest | null): string {
	return `false alarm in at most ${(2 * (test?.alpha ?? 0) * 100).toPrecision(2)} % of cases`;
}

/** What was seen, when it was no regression. */
export function findingsInWords(
	baselines: readonly Baseline[],
	findings: readonly WatchFinding[],
): string {
	if (baselines.length === 0) return 'Nothing was published, so there was nothing to watch.';
	return baselines
		.map(({ workflowKey, name }) => {
			const found = findings.find((finding) => finding.workflowKey === workflowKey);
			const { observed, hits } = found?.failures ?? { observed: 0, hits: 0 };
			return `"${name}" failed in ${hits} of ${observed} runs`;
		})
		.join('; ')
		.concat('.');
}
