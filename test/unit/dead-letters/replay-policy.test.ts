import { nextState } from '../../../sidecar/dead-letters/replay-policy';
import { defaultDeadLetterRules } from '../../../sidecar/environments/environment';
import { after, newLetter, noon } from '../../support/dead-letters/letters';

const rules = {
	...defaultDeadLetterRules,
	maxAttempts: 3,
	baseDelayMs: 1000,
	maxDelayMs: 3000,
};
const transient = newLetter({ errorClass: 'transient' });
const waiting = { state: 'waiting' };

it.each([
	[0, 1000],
	[1, 2000],
	[2, 3000],
])('schedules what may pass by itself, after %d attempts in %d ms', (attempts, ms) => {
	expect(nextState(rules, transient, attempts, noon, 0)).toEqual({
		state: 'scheduled',
		at: after(ms),
	});
});

it('spreads the times, so that not all come back at once', () => {
	expect(nextState(rules, transient, 0, noon, 0.9)).toEqual({ state: 'scheduled', at: after(550) });
});

it('leaves it to a person after the last attempt', () => {
	expect(nextState(rules, transient, 3, noon, 0)).toEqual(waiting);
});

it('schedules nothing where the environment does not want it', () => {
	expect(nextState({ ...rules, autoReplay: false }, transient, 0, noon, 0)).toEqual(waiting);
});

it.each(['auth', 'data', 'bug', 'unknown'] as const)(
	'leaves the class %s to a person',
	(errorClass) => {
		expect(nextState(rules, { ...transient, errorClass }, 0, noon, 0)).toEqual(waiting);
	},
);

it.each(['transient', 'quota'] as const)('schedules the class %s', (errorClass) => {
	expect(nextState(rules, { ...transient, errorClass }, 0, noon, 0).state).toBe('scheduled');
});

it.each(['follower', 'error-workflow'] as const)('schedules what came from the %s', (origin) => {
	expect(nextState(rules, { ...transient, origin }, 0, noon, 0).state).toBe('scheduled');
});

it.each(['error-output', 'api'] as const)('leaves what came from %s to a person', (origin) => {
	expect(nextState(rules, { ...transient, origin }, 0, noon, 0)).toEqual(waiting);
});

it('leaves a letter without an execution to a person: there is nothing to retry', () => {
	expect(nextState(rules, { ...transient, executionId: null }, 0, noon, 0)).toEqual(waiting);
});

it.each(['WorkflowCrashedError', 'TimeoutExecutionCancelledError', 'ExecutionTimedOut'])(
	'leaves a run that ended with %s to a person: nobody knows how far it got',
	(name) => {
		const error = { ...transient.error, name };
		expect(nextState(rules, { ...transient, error }, 0, noon, 0)).toEqual(waiting);
	},
);
