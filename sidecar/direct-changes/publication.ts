import type { WorkflowDefinitions } from '../engines/port/definitions';
import type { EngineWorkflow } from '../engines/port/workflow';
import type { Clock } from '../kernel/clock';
import { isOrchestrationError, OrchestrationError } from '../kernel/errors';
import { triggerProblems } from '../promotion/trigger-problems';
import type { WorkflowContent, WorkflowGraph } from '../engines/port/workflow';
import { productionWebhooks } from '../workflow-versions/webhooks';
import { edited } from './direct-ports';
import { surely } from './surely';

const deadlineMs = 30_000;
const pollMs = 250;
/** n8n switches up to about a second after it has said so, and nothing shows from outside. */
const settleMs = 1_000;

export interface Publication {
	id: string;
	/** The engine's version to publish. */
	versionId: string;
	/** What has to be live until then; null: nothing. */
	before: string | null;
}

/**
 * Publishes exactly one version, if what is live is still what the caller knows, and waits until it is seen
 * live. What cannot be seen live is taken back.
 * @throws workflow_edited, workflow_not_settled, engine_conflict, workflow_invalid, workflow_not_found
 */
export async function publishSeen(
	clock: Clock,
	definitions: WorkflowDefinitions,
	wanted: Publication,
): Promise<EngineWorkflow> {
	const { id, versionId, before } = wanted;
	const isLive = (workflow: EngineWorkflow) => workflow.live?.versionId === versionId;
	const current = await definitions.get(id);
	if (!isLive(current)) {
		if ((current.live?.versionId ?? null) !== before) {
			throw edited(current, [current.live ? 'was published' : 'was unpublished'], null);
		}
		await surely(
			clock,
			async () => {
				await definitions.publish(id, versionId);
				return true;
			},
			async () => (isLive(await definitions.get(id)) ? true : null),
		);
	}
	const start = clock.now().getTime();
	try {
		return await seen(clock, async () => {
			const workflow = await definitions.get(id);
			if (!workflow.live || !isLive(workflow)) return 'another version is live';
			const missing = await registration(definitions, workflow.live.graph, false);
			if (missing !== null) return `webhook ${missing} is not registered`;
			return clock.now().getTime() - start < settleMs ? 'it was published just now' : workflow;
		});
	} catch (error) {
		if (!isOrchestrationError(error, 'workflow_not_settled')) throw error;
		if (before === null) await definitions.unpublish(id);
		else await definitions.publish(id, before);
		throw error;
	}
}

/**
 * Takes a workflow out of service and waits until its webhooks are gone.
 * @throws workflow_edited when another version than `versionId` is live, workflow_not_settled
 */
export async function takeOut(
	clock: Clock,
	definitions: WorkflowDefinitions,
	id: string,
	versionId: string,
): Promise<EngineWorkflow> {
	const current = await definitions.get(id);
	const { live } = current;
	if (live && live.versionId !== versionId) throw edited(current, ['was published'], null);
	if (live) {
		await surely(
			clock,
			async () => {
				await definitions.unpublish(id);
				return true;
			},
			async () => ((await definitions.get(id)).live === null ? true : null),
		);
	}
	return await seen(clock, async () => {
		const workflow = await definitions.get(id);
		if (workflow.live) return 'it is live';
		const left = live && (await registration(definitions, live.graph, true));
		return left ? `webhook ${left} still answers` : workflow;
	});
}

/** n8n publishes these and calls them active all the same. @throws workflow_invalid */
export function assertCanStart(content: WorkflowContent): void {
	const problems = triggerProblems(content);
	if (problems.length === 0) return;
	throw new OrchestrationError(
		'workflow_invalid',
		`Workflow "${content.name}" would be published but never start: ${problems
			.map(({ place, problem }) => `${place}: ${problem}`)
			.join('; ')}. Correct it, or save it without publishing.`,
		{ details: { problems } },
	);
}

/** A webhook that is (not) registered; null when there is none such. */
async function registration(
	definitions: WorkflowDefinitions,
	graph: WorkflowGraph,
	registered: boolean,
): Promise<string | null> {
	for (const webhook of productionWebhooks(graph)) {
		if ((await definitions.probeWebhook(webhook)) === registered) {
			return `${webhook.method} ${webhook.path}`;
		}
	}
	return null;
}

/** Looks until there is something else than words for what is missing. */
async function seen(
	clock: Clock,
	look: () => Promise<EngineWorkflow | string>,
): Promise<EngineWorkflow> {
	const deadline = clock.now().getTime() + deadlineMs;
	for (;;) {
		const found = await look();
		if (typeof found !== 'string') return found;
		if (clock.now().getTime() >= deadline) {
			throw new OrchestrationError(
				'workflow_not_settled',
				`n8n has taken the change in, but it was not seen within ${deadlineMs / 1000} s: ${found}. It was taken back where that was possible; look at the workflow in n8n.`,
			);
		}
		await clock.sleep(pollMs);
	}
}
