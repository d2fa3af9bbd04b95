import type { WorkflowDefinitions } from '../engines/port/definitions';
import type { EngineWorkflow, WorkflowContent } from '../engines/port/workflow';
import type { Clock } from '../kernel/clock';
import { OrchestrationError } from '../kernel/errors';
import { putBackSettings, settingsToSend } from '../promotion/settings-merge';
import { doesTheSame, isSame } from '../promotion/target-state';
import { diffContents } from '../workflow-versions/diff';
import { keepWebhookIds } from '../workflow-versions/webhooks';
import { edited } from './direct-ports';
import { surely } from './surely';

/**
 * Replaces the draft on top of exactly `base`. n8n has no conditional write, so this looks afterwards whether
 * anybody came between; their edit is put back then, and ours goes.
 * @throws workflow_edited, workflow_invalid
 */
export async function saveDraft(
	clock: Clock,
	definitions: WorkflowDefinitions,
	base: EngineWorkflow,
	wanted: WorkflowContent,
): Promise<EngineWorkflow> {
	const { settingsReset } = await definitions.describeApi();
	const current = base.content;
	const content = withWebhookIds(wanted, current);
	const { send, after } = settingsToSend(content.settings, current.settings, settingsReset);
	const expected = { ...content, settings: after };
	if (isSame(current, expected)) return base;
	const { id } = base;
	const saved = await surely(
		clock,
		async () => await definitions.saveDraft(id, { ...content, settings: send }),
		async () => {
			const now = await definitions.get(id);
			return now.content.name === expected.name && doesTheSame(now.content, expected) ? now : null;
		},
	);
	const between = await whoCameBetween(definitions, base, saved);
	if (between) {
		const graph =
			between.versionId === null
				? current
				: await definitions.graphOf(id, between.versionId).catch(() => current);
		await putBack(definitions, base, saved, expected, graph);
		throw edited(saved, [between.what], between.author);
	}
	if (!doesTheSame(expected, saved.content)) {
		await putBack(definitions, base, saved, expected, current);
		throw new OrchestrationError(
			'workflow_invalid',
			`Workflow "${wanted.name}" was saved, but n8n made something else of it; the draft was put back. What differs:\n${diffContents(expected, saved.content).text}`,
			{ details: { workflowId: id } },
		);
	}
	return saved;
}

/** Webhook ids that the caller left out stay, so that no URL changes by accident. */
function withWebhookIds(wanted: WorkflowContent, current: WorkflowContent): WorkflowContent {
	const kept = keepWebhookIds(wanted, current).nodes;
	return {
		...wanted,
		nodes: wanted.nodes.map((node, index) =>
			node['webhookId'] === undefined ? (kept[index] ?? node) : node,
		),
	};
}

interface Between {
	/** Null: only settings, which have no versions. */
	versionId: string | null;
	author: string | null;
	what: string;
}

async function whoCameBetween(
	definitions: WorkflowDefinitions,
	base: EngineWorkflow,
	saved: EngineWorkflow,
): Promise<Between | null> {
	if (saved.draftVersionId !== base.draftVersionId) {
		const history = await definitions.history(saved.id);
		const own = history.findIndex(({ versionId }) => versionId === saved.draftVersionId);
		const before = own < 0 ? undefined : history[own + 1];
		if (before && before.versionId !== base.draftVersionId) {
			return { versionId: before.versionId, author: before.authors || null, what: 'was edited' };
		}
	}
	if (base.changeCounter === null || saved.changeCounter === null) return null;
	return saved.changeCounter > base.changeCounter + 1
		? { versionId: null, author: null, what: 'got other settings' }
		: null;
}

async function putBack(
	definitions: WorkflowDefinitions,
	base: EngineWorkflow,
	saved: EngineWorkflow,
	written: WorkflowContent,
	graph: Pick<WorkflowContent, 'nodes' | 'connections' | 'nodeGroups'>,
): Promise<void> {
	const { nodes, connections, nodeGroups } = graph;
	const { nodeGroups: _, ...old } = base.content;
	const before = base.content.settings;
	const settings = putBackSettings(before, written.settings, saved.content.settings);
	await definitions.saveDraft(saved.id, {
		...old,
		nodes,
		connections,
		settings,
		...(nodeGroups ? { nodeGroups } : {}),
	});
}
