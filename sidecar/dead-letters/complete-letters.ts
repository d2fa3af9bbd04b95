import type { Engine } from '../engines/port/engine';
import type { ExecutionDetail } from '../engines/port/execution';
import { readExecution, type CompletePorts } from './complete-letter';
import { findExecution } from './judge-failure';

/**
 * Reads the executions that letters name but that nobody has read yet: an error workflow is told
 * neither the payload nor what ran, and the engine may forget both soon.
 */
export async function completeLetters(
	ports: CompletePorts,
	environment: string,
	engine: Engine,
	limit = 50,
): Promise<void> {
	// The items that one execution sent to its error outputs come one after the other.
	let last: { id: string; execution: ExecutionDetail | null } | null = null;
	const read = async (id: string) => {
		if (last?.id !== id) last = { id, execution: await findExecution(engine, id) };
		return last.execution;
	};
	const letters = await ports.letters.claimUncaptured(environment, ports.clock.now(), limit);
	for (const letter of letters) await readExecution(ports, engine, letter, read);
}
