import { isOrchestrationError } from '../kernel/errors';
import type { Engine } from '../engines/port/engine';
import { examine, lostWork } from './conclude';
import type { Execution } from './execution';
import { planIfKnown, type LookPorts } from './look-after';

/**
 * Keeps a child that has failed for good as a dead letter, once whoever waits for it has lost patience.
 * Twice is once.
 */
export async function keepChildLetter(ports: LookPorts, execution: Execution): Promise<void> {
	const { id, environment, error, errorClass, letterId } = execution;
	if (letterId !== null || error === null) return;
	const engine = await engineIfKnown(ports, environment);
	const detail = engine && (await examine(engine, execution.engineExecutionId));
	const plan = await planIfKnown(ports, { execution });
	const versionId = detail && (await ports.versionThatRan(environment, detail));
	const failure = { error, errorClass: errorClass ?? 'unknown' };
	const lost = lostWork(ports, execution, { detail, plan, failure, versionId });
	await ports.executions.nameLetter(id, await ports.keepLetter(lost));
}

async function engineIfKnown(
	{ engineOf }: Pick<LookPorts, 'engineOf'>,
	environment: string,
): Promise<Engine | null> {
	try {
		return await engineOf(environment);
	} catch (error) {
		if (isOrchestrationError(error) && error.code !== 'database_unavailable') return null;
		throw error;
	}
}
