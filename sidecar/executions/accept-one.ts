import { combineCalls, type Settled } from '../kernel/combine-calls';
import { acceptExecutions, type AcceptExecutionPorts } from './accept-executions';
import type { Execution, NewExecution } from './execution';

/**
 * As `acceptExecutions` for one at a time: calls that come while one is being written down go together
 * in the next transaction. One that cannot be accepted does not take the others with it.
 */
export function createAcceptOne(
	ports: AcceptExecutionPorts,
): (request: NewExecution) => Promise<Execution> {
	const combined = combineCalls<NewExecution, Execution>(
		async (_, requests) => {
			try {
				return (await acceptExecutions(ports, [...requests])).map((answer) => ({ answer }));
			} catch (error) {
				if (requests.length === 1) return [{ error }];
				return await Promise.all(requests.map(async (request) => await alone(ports, request)));
			}
		},
		{ most: 200 },
	);
	return async (request) => await combined('executions', request);
}

async function alone(
	ports: AcceptExecutionPorts,
	request: NewExecution,
): Promise<Settled<Execution>> {
	try {
		const [answer] = await acceptExecutions(ports, [request]);
		return answer ? { answer } : { error: new Error('an execution was not kept') };
	} catch (error) {
		return { error };
	}
}
