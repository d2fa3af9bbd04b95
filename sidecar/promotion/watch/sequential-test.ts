/**
 * Sequential test of a Bernoulli rate: is it at most `usual`, or at least `bad`? It may be looked at
 * after every observation, for as long as one likes, and the error rates still hold:
 *
 * - a rate of `usual` or less is ever called regressed with a chance of at most `alpha`;
 * - a rate of `bad` or more is ever called healthy with a chance of at most `beta`, and is called
 *   regressed sooner or later with certainty.
 *
 * It is Wald's sequential probability ratio test (A. Wald, Sequential Tests of Statistical Hypotheses,
 * Annals of Mathematical Statistics 16, 1945) with the boundaries 1/alpha and beta in place of his
 * approximate (1-beta)/alpha and beta/(1-alpha): by Ville's inequality (1939) they hold exactly, and
 * also when the test goes on after it was passed, as here: healthy is a state, regressed an end.
 *
 * Observations have to be independent. Failures of one outage are not: such a burst counts as a
 * regression, which is what one wants to hear of.
 */
export interface SequentialTest {
	/** 0 < usual < bad < 1 */
	usual: number;
	bad: number;
	alpha: number;
	beta: number;
}

export interface SequentialState {
	observed: number;
	hits: number;
	/** Logarithm of the likelihood ratio of bad to usual. */
	evidence: number;
	verdict: 'undecided' | 'healthy' | 'regressed';
}

export const nothingObserved: SequentialState = {
	observed: 0,
	hits: 0,
	evidence: 0,
	verdict: 'undecided',
};

export function observe(
	test: SequentialTest,
	state: SequentialState,
	hit: boolean,
): SequentialState {
	if (state.verdict === 'regressed') return state;
	const { usual, bad, alpha, beta } = test;
	const evidence =
		state.evidence + (hit ? Math.log(bad / usual) : Math.log((1 - bad) / (1 - usual)));
	return {
		observed: state.observed + 1,
		hits: state.hits + (hit ? 1 : 0),
		evidence,
		verdict:
			evidence >= Math.log(1 / alpha)
				? 'regressed'
				: evidence <= Math.log(beta)
					? 'healthy'
					: 'undecided',
	};
}

export function observeAll(test: SequentialTest, hits: readonly boolean[]): SequentialState {
	return hits.reduce<SequentialState>((state, hit) => observe(test, state, hit), nothingObserved);
}
