import { ifTold, lostWork } from './conclude';
import type { Execution } from './execution';
import type { LookPorts } from './look-after';

/**
 * Keeps a child that has failed for good as a dead letter, once whoever waits for it has lost patience.
 * Twice is once.
 */
export async function keepChildLetter(ports: LookPorts, execution: Execution): Promise<void> {
	const { id, environment, error, errorClass, letterId, engineExecutionId } = execution;
	if (letterId !== null || error === null) return;
	const engine = await ifTold(ports.engineOf(environment));
	const detail =
		engine && engineExecutionId !== null
			? await ifTold(engine.executions.get(engineExecutionId))
			: null;
	const plan = await ifTold(ports.plans.planOf(execution));
	const versionId = detail && (await ports.versionThatRan(environment, detail));
	const failure = { error, errorClass: errorClass ?? 'unknown' };
	const lost = lostWork(ports, execution, { detail, plan, failure, versionId });
	await ports.executions.nameLetter(id, await ports.keepLetter(lost));
}
