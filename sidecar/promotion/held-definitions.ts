import type { WorkflowDefinitions } from '../engines/port/definitions';

/**
 * n8n knows no fences: before each write we make sure that the promotion is still ours, so that a process that
 * was asleep while another one took over writes nothing more.
 */
export function heldDefinitions(
	engine: WorkflowDefinitions,
	assertHeld: () => Promise<void>,
): WorkflowDefinitions {
	const held =
		<Args extends unknown[], Result>(write: (...args: Args) => Promise<Result>) =>
		async (...args: Args): Promise<Result> => {
			await assertHeld();
			return await write(...args);
		};
	return {
		list: async () => await engine.list(),
		listFull: async () => await engine.listFull(),
		get: async (id) => await engine.get(id),
		history: async (id) => await engine.history(id),
		graphOf: async (id, versionId) => await engine.graphOf(id, versionId),
		probeWebhook: async (webhook) => await engine.probeWebhook(webhook),
		listCredentials: async () => await engine.listCredentials(),
		listDataTables: async () => (await engine.listDataTables?.()) ?? null,
		installedNodeTypes: async () => (await engine.installedNodeTypes?.()) ?? null,
		testCredential: async (id) => await engine.testCredential(id),
		describeApi: async () => await engine.describeApi(),
		create: held(async (content) => await engine.create(content)),
		saveDraft: held(async (id, content, base) => await engine.saveDraft(id, content, base)),
		publish: held(async (id, versionId) => await engine.publish(id, versionId)),
		unpublish: held(async (id) => await engine.unpublish(id)),
		remove: held(async (id) => await engine.remove(id)),
	};
}
