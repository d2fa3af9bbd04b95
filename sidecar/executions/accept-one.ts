import { combineCalls, type Settled } from '../kernel/combine-calls';
import { acceptExecutions, type AcceptExecutionPorts } from './accept-executions';
import type { Execution, NewExecution } from './execution';
import type { Accepted, ExecutionRequest } from './execution-store';
import { startAtOnce, type StartPorts } from './start-at-once';

/** @param isAwaited somebody waits for its end: it is under way at once where nobody waits in front */
export type AcceptOne = (request: NewExecution, isAwaited?: boolean) => Promise<Execution>;

interface Call {
	request: NewExecution;
	isAwaited: boolean;
}

/**
 * As `acceptExecutions` for one at a time: calls that come while one is being written down go together
 * in the next transaction. One that cannot be accepted does not take the others with it.
 * @param starts absent: all wait in the queue
 */
export function createAcceptOne(ports: AcceptExecutionPorts, starts?: StartPorts): AcceptOne {
	const accept = async (calls: readonly Call[]) => {
		const isAwaited = (at: number) => calls[at]?.isAwaited ?? false;
		const write = async (prepared: ExecutionRequest[]): Promise<Accepted[]> =>
			starts
				? await startAtOnce(ports.executions, starts, prepared, isAwaited)
				: await ports.executions.accept(prepared);
		return await acceptExecutions(
			ports,
			calls.map(({ request }) => request),
			write,
		);
	};
	const alone = async (call: Call): Promise<Settled<Execution>> => {
		try {
			const [answer] = await accept([call]);
			return answer ? { answer } : { error: new Error('an execution was not kept') };
		} catch (error) {
			return { error };
		}
	};
	const combined = combineCalls<Call, Execution>(
		async (_, calls) => {
			try {
				return (await accept(calls)).map((answer) => ({ answer }));
			} catch (error) {
				if (calls.length === 1) return [{ error }];
				return await Promise.all(calls.map(alone));
			}
		},
		{ most: 200 },
	);
	return async (request, isAwaited = false) => await combined('executions', { request, isAwaited });
}
