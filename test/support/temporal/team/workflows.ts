/** Workflows of a team's own, as the tests of the engine run them. */
import {
	ApplicationFailure,
	CancellationScope,
	condition,
	defineSignal,
	proxyActivities,
	setHandler,
	sleep,
} from '@temporalio/workflow';
import type * as activities from './activities';
import type { Fault } from './activities';

const { double, fail } = proxyActivities<typeof activities>({
	startToCloseTimeout: '1 minute',
	retry: { maximumAttempts: 1 },
});

const { call } = proxyActivities<typeof activities>({
	startToCloseTimeout: '5 minutes',
	heartbeatTimeout: '2 seconds',
	retry: { initialInterval: '100 milliseconds', nonRetryableErrorTypes: ['HttpError'] },
});

/** Calls a service; goes on with another worker when its own dies. */
export async function calling({ desk }: { desk: string }): Promise<unknown> {
	return await call(desk);
}

export async function echo<T>(payload: T): Promise<T> {
	return payload;
}

export async function doubled({ value }: { value: number }): Promise<{ value: number }> {
	return { value: await double(value) };
}

/** Fails as the payload says. */
export async function failing({ message, type, nonRetryable }: Fault): Promise<never> {
	throw ApplicationFailure.create({ message, type, nonRetryable });
}

/** The activity fails, not the workflow's own code. */
export async function failingActivity(fault: Fault): Promise<never> {
	return await fail(fault);
}

export async function sleeping({ ms }: { ms: number }): Promise<{ slept: number }> {
	await sleep(ms);
	return { slept: ms };
}

export const release = defineSignal('release');

/** Ends when it is told to. */
export async function waiting<T>(payload: T): Promise<T> {
	let released = false;
	setHandler(release, () => {
		released = true;
	});
	await condition(() => released);
	return payload;
}

/** Two calls, one after the other. */
export async function callingTwice({ first, second }: Record<'first' | 'second', string>) {
	return [await call(first), await call(second)];
}

/** Takes no notice of being asked to end. */
export async function stubborn<T>(payload: T): Promise<T> {
	return await CancellationScope.nonCancellable(async () => await waiting(payload));
}

/** Its next version does something else at the same place. */
export async function changing(): Promise<string> {
	await sleep(1);
	await waiting({});
	return 'first version';
}
