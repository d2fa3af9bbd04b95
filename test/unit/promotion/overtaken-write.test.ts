import type { EngineWorkflow, WorkflowContent } from '../../../sidecar/engines/port/workflow';
import type { PlannedChange, StepResult } from '../../../sidecar/promotion/promotion';
import { stage } from '../../../sidecar/promotion/steps/stage';
import type { StepContext } from '../../../sidecar/promotion/steps/step-context';
import { content, node } from './fixtures';

const saying = (text: string) =>
	content('Orders', [node('Say', 'n8n-nodes-base.set', { parameters: { text } })]);

const textOf = (draft: WorkflowContent | undefined) =>
	String(draft?.nodes[0]?.parameters?.['text']);

/** Drafts of one workflow as n8n keeps them, newest last; a person writes before an answer is given. */
function editor(quickPerson: (texts: string[]) => string | null) {
	const drafts: WorkflowContent[] = [saying('old')];
	const newest = (): EngineWorkflow =>
		({
			id: 'wf-1',
			content: drafts.at(-1),
			draftVersionId: `v${drafts.length}`,
			live: null,
			changeCounter: null,
		}) as EngineWorkflow;
	const definitions = {
		get: async () => await Promise.resolve(newest()),
		saveDraft: async (_id: string, written: WorkflowContent) => {
			drafts.push(written);
			const edit = quickPerson(drafts.map(textOf));
			if (edit !== null) drafts.push(saying(edit));
			return await Promise.resolve(newest());
		},
		history: async () =>
			await Promise.resolve(
				drafts
					.map((_, at) => ({ versionId: `v${at + 1}`, authors: 'Olivia', createdAt: '' }))
					.toReversed(),
			),
		graphOf: async (_id: string, versionId: string) =>
			await Promise.resolve(drafts[Number(versionId.slice(1)) - 1]),
	};
	return { definitions, draft: () => textOf(drafts.at(-1)) };
}

const change = {
	workflowKey: 'orders',
	name: 'Orders',
	targetWorkflowId: 'wf-1',
	before: { workflowId: 'wf-1', draft: 'kept', draftVersionId: 'v1', liveVersionId: null },
} as PlannedChange;

/** Stages, and undoes it when it may not be or when asked to; says how the staging went. */
async function promoteInto({ definitions }: ReturnType<typeof editor>, thenUndo = false) {
	let noted: StepResult | null = null;
	const context = {
		again: false,
		definitions,
		stepOf: () => null,
		settingsReset: async () => await Promise.resolve({}),
		contentOf: async () => await Promise.resolve(saying('old')),
		desiredOf: async () => await Promise.resolve({ expected: saying('new'), write: saying('new') }),
		note: async (result: StepResult) => {
			noted = result;
			return await Promise.resolve();
		},
	} as unknown as StepContext;
	try {
		await stage.run(context, change);
		if (thenUndo) await stage.undo(context, change, noted);
		return 'staged';
	} catch (error) {
		await stage.undo(context, change, noted);
		return (error as { code?: string }).code;
	}
}

it('keeps the edit of a person who was quicker than the answer to our write', async () => {
	const n8n = editor((texts) => (texts.at(-1) === 'new' ? 'edited' : null));
	expect(await promoteInto(n8n)).toBe('promotion_plan_stale');
	expect(n8n.draft()).toBe('edited');
});

it('keeps the edit of a person who was quicker than the answer to our undoing, too', async () => {
	const n8n = editor((texts) => (texts.at(-1) === 'old' ? 'edited' : null));
	expect(await promoteInto(n8n, true)).toBe('staged');
	expect(n8n.draft()).toBe('edited');
});

it('keeps an edit that came just before our undoing, with other settings', async () => {
	// The person saves just before 'old' is written: the draft is ours, on top of theirs.
	let edits = 0;
	const n8n = editor(() => null);
	const { saveDraft } = n8n.definitions;
	const settings = { ...saying('old').settings };
	n8n.definitions.saveDraft = async (id, written) => {
		if (textOf(written) === 'old' && (edits += 1) === 1) {
			await saveDraft(id, saying('edited'));
			settings['executionTimeout'] = 9;
		}
		const saved = await saveDraft(id, written);
		return { ...saved, content: { ...saved.content, settings: { ...settings } } };
	};
	const { get } = n8n.definitions;
	n8n.definitions.get = async () => {
		const got = await get();
		return { ...got, content: { ...got.content, settings: { ...settings } } };
	};
	expect(await promoteInto(n8n, true)).toBe('staged');
	expect(n8n.draft()).toBe('edited');
});

it('stages where nobody writes', async () => {
	const n8n = editor(() => null);
	expect(await promoteInto(n8n)).toBe('staged');
	expect(n8n.draft()).toBe('new');
});
