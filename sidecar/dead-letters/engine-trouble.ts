import { isOrchestrationError } from '../kernel/errors';
import type { ReplayPorts } from './replay-ports';

/** Why nothing is to be sent to an environment now: it is away, or its circuit is open. Null: it answers. */
export async function engineTrouble(
	ports: Pick<ReplayPorts, 'engineOf'>,
	environment: string,
): Promise<string | null> {
	try {
		const engine = await ports.engineOf(environment);
		await engine.executions.list({ status: 'running', limit: 1 });
		return null;
	} catch (error) {
		if (!isOrchestrationError(error)) throw error;
		return `${error.code}: ${error.message}`;
	}
}
