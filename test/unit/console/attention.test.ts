import { attentionOf } from '../../../sidecar/console/pages/overview/attention';
import { exampleOverview } from '../../../sidecar/http/overview-schemas';

const now = Date.parse('2031-04-01T12:20:00Z');
const [production] = exampleOverview.environments;
if (!production) throw new Error('expected an example');
const well = {
	...exampleOverview,
	environments: [{ ...production, letters: 0 }],
	openCircuits: [],
	waitingPromotions: 0,
};
const textsOf = (overview: Parameters<typeof attentionOf>[0]) =>
	attentionOf(overview, now).map(({ text }) => text);

it('says nothing where nothing is wrong', () => {
	expect(textsOf(well)).toEqual([]);
});

it('names lost work first, then what is away or failing, then what waits for a person', () => {
	const [ledger] = well.ledgers;
	if (!ledger) throw new Error('expected an example');
	const overview = {
		...well,
		ledgers: [{ ...ledger, imbalance: 2 }],
		openCircuits: ['supplier'],
		waitingPromotions: 1,
		environments: [
			{ ...production, letters: 1, drift: 2, failed: 300, seenAt: '2031-04-01T12:10:00.000Z' },
		],
	};
	expect(textsOf(overview)).toEqual([
		'2 of the executions accepted are in no state: work was lost',
		'production was not heard of for a while',
		'300 runs of 1504 failed in production',
		'The circuit supplier is open',
		'1 dead letter is open in production',
		'1 promotion waits for approval',
		'production has drifted in 2 places',
	]);
	expect(attentionOf(overview, now).every(({ to }) => to.startsWith('/'))).toBe(true);
});
