import { standingOf } from '../../../sidecar/executions/follow-history';
import { workflowNames } from '../../../sidecar/executions/workflow-names';
import { fakeEngine } from '../../support/dead-letters/fake-engine';
import { movingClock } from '../../support/moving-clock';

it('calls over what the engine calls over, and nothing else', () => {
	expect(standingOf('success')).toEqual({ status: 'succeeded', outcome: 'success' });
	expect(standingOf('error')).toEqual({ status: 'failed', outcome: 'error' });
	expect(standingOf('crashed')).toEqual({ status: 'failed', outcome: 'crashed' });
	expect(standingOf('canceled')).toEqual({ status: 'canceled', outcome: 'canceled' });
	expect(standingOf('waiting')).toEqual({ status: 'waiting', outcome: null });
	for (const status of ['new', 'running', 'unknown'] as const) {
		expect(standingOf(status)).toEqual({ status: 'running', outcome: null });
	}
});

it('learns all names with one question, and asks for an unknown one once a minute', async () => {
	let asked = 0;
	const named = [{ id: 'a', name: 'A' }];
	const engine = {
		...fakeEngine(),
		definitions: {
			list: async () => {
				asked += 1;
				return named;
			},
		},
	} as unknown as ReturnType<typeof fakeEngine>;
	const clock = movingClock();
	const nameOf = workflowNames(clock);
	expect(await nameOf('dev', 'a', engine)).toBe('A');
	expect(await nameOf('dev', 'a', engine)).toBe('A');
	expect(await nameOf('dev', 'b', engine)).toBeNull();
	expect(asked).toBe(1);
	named.push({ id: 'b', name: 'B' });
	clock.pass(60_000);
	expect(await nameOf('dev', 'b', engine)).toBe('B');
	expect(asked).toBe(2);
});
