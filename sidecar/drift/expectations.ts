import type { EngineWorkflow, WorkflowContent } from '../engines/port/workflow';
import { findReferences } from '../workflow-versions/references';
import { liveContent } from '../promotion/target-state';
import type { DriftPorts } from './drift-ports';
import type { Expectation, PromotedWorkflow } from './drift-store';
import { graphPrint, printsOf } from './prints';

interface Scene {
	environment: string;
	workflows: ReadonlyMap<string, EngineWorkflow>;
	/** Ids of those that are there. */
	credentials: ReadonlySet<string>;
}

/** Expects from now on what promotions have left since the last look. Tags are not promoted, so they stay. */
export async function learnFromPromotions(
	ports: DriftPorts,
	scene: Scene,
	known: Expectation[],
): Promise<Expectation[]> {
	const expectations = new Map(known.map((each) => [each.workflowKey, each]));
	for (const promoted of await ports.drift.promotedSince(scene.environment)) {
		const before = expectations.get(promoted.workflowKey);
		const learnt = await learn(ports, scene, promoted, before);
		if (!learnt) continue;
		await ports.drift.expect(learnt);
		expectations.set(learnt.workflowKey, learnt);
	}
	return [...expectations.values()];
}

async function learn(
	ports: DriftPorts,
	scene: Scene,
	promoted: PromotedWorkflow,
	before: Expectation | undefined,
): Promise<Expectation | null> {
	const { workflowKey, workflowId, promotionId, by, at } = promoted;
	const actual = scene.workflows.get(workflowId);
	const origin = {
		source: 'promotion',
		promotionId,
		expectedBy: by,
		expectedAt: at,
	} as const;
	// It had nothing to do, so what it found is what was wanted.
	if (promoted.kept === null) {
		return actual ? await expectationOf(ports, scene, actual, origin) : null;
	}
	const draft = await contentOf(ports, promoted.kept);
	const liveId = promoted.notLive ? null : (promoted.published ?? promoted.liveBefore);
	const live = liveId === null ? null : await contentOf(ports, liveId);
	return {
		environment: scene.environment,
		workflowKey,
		workflowId,
		draft: promoted.kept,
		live: liveId,
		tags: before?.tags ?? actual?.tags ?? [],
		credentials: usedCredentials(scene, [draft, live]),
		prints: { draft: printsOf(draft), live: live && graphPrint(live) },
		...origin,
	};
}

/** Expects a workflow to stay as it is now. */
export async function expectationOf(
	ports: DriftPorts,
	scene: Scene,
	actual: EngineWorkflow,
	origin: Pick<Expectation, 'source' | 'promotionId' | 'expectedBy' | 'expectedAt'>,
): Promise<Expectation> {
	const { environment } = scene;
	const live = liveContent(actual);
	const asked = { environment, createdBy: origin.expectedBy, message: 'expected from now on' };
	// What is live first: it is the older one.
	const liveVersion = live && (await ports.keepVersion(asked, { ...actual, content: live }));
	const draft = await ports.keepVersion(asked, actual);
	return {
		environment,
		workflowKey: draft.workflowKey,
		workflowId: actual.id,
		draft: draft.id,
		live: liveVersion?.id ?? null,
		tags: actual.tags,
		credentials: usedCredentials(scene, [actual.content, live]),
		prints: { draft: printsOf(actual.content), live: live && graphPrint(live) },
		...origin,
	};
}

function usedCredentials(
	{ credentials }: Scene,
	contents: Array<WorkflowContent | null>,
): string[] {
	const used = contents.flatMap((content) => (content ? findReferences(content) : []));
	const ids = used.flatMap((reference) =>
		reference.kind === 'credential' && reference.id !== null && credentials.has(reference.id)
			? [reference.id]
			: [],
	);
	return [...new Set(ids)].sort();
}

export async function contentOf(
	ports: Pick<DriftPorts, 'versions'>,
	versionId: string,
): Promise<WorkflowContent> {
	const version = await ports.versions.find(versionId);
	if (!version) throw new TypeError(`version ${versionId} was not kept`);
	return version.content;
}
