import type { EngineWorkflow } from '../engines/engine';
import { digestOf } from '../kernel/canonical-json';
import { diffContents } from '../workflow-versions/diff';
import { fingerprint } from '../workflow-versions/fingerprint';
import type { Release, WorkflowVersion } from '../workflow-versions/version';
import { desiredContent } from './desired-content';
import type { Finding, Mappings, Plan, PlannedChange, Seal } from './promotion';
import { resolveReferences } from './resolve-references';
import { planDigest } from './seal';
import { sealTarget, type TargetState } from './target-state';
import { chooseTarget, webhookClashes } from './target-workflow';

export interface PlanInput {
	release: Release;
	/** The versions of the manifest, in its order: leaves first. */
	versions: WorkflowVersion[];
	/** Source workflow id → digest of its draft now; empty when the source does not matter. */
	source: Record<string, string>;
	sameEnvironment: boolean;
	/** What was given and what was saved for the route, given first. */
	mappings: Mappings;
	publish: boolean;
	target: TargetState;
	/** For a roll-back: what each workflow is to be, by key. */
	restore?: Record<string, Restore>;
}

export interface Restore {
	publish: boolean;
	thenDraft: string | null;
	/** It did not exist: unpublish it. */
	unpublish: boolean;
}

/** What a promotion would do and everything that stands in its way, in one go. */
export function makePlan(input: PlanInput): Omit<Plan, 'changes'> & { changes: PlannedChange[] } {
	const blockers: Finding[] = [];
	const warnings: Finding[] = [];
	const targets = new Map<string, EngineWorkflow | null>();
	const workflows: Plan['workflows'] = {};
	for (const entry of input.release.manifest) {
		const chosen = chooseTarget(input.target, input.mappings, entry);
		if (chosen.choice === 'blocked') blockers.push(chosen.finding);
		const workflow = chosen.choice === 'existing' ? chosen.workflow : null;
		targets.set(entry.workflowKey, workflow);
		if (workflow) {
			workflows[entry.workflowId] = { id: workflow.id, name: workflow.content.name };
		}
	}
	const resolved = resolveReferences({
		...input,
		releaseIds: new Set(input.release.manifest.map(({ workflowId }) => workflowId)),
		workflows,
	});
	blockers.push(...resolved.blockers);
	warnings.push(...resolved.warnings);

	const changes = input.release.manifest.map((entry, index) => {
		const version = input.versions[index];
		if (version?.id !== entry.versionId) throw new TypeError('versions out of order');
		const workflow = targets.get(entry.workflowKey) ?? null;
		const desired = desiredContent(version.content, resolved, workflow, input.target.api);
		const publish = input.restore?.[entry.workflowKey]?.publish ?? input.publish;
		const about = { workflowKey: entry.workflowKey, place: null };
		if (publish) {
			blockers.push(...webhookClashes(input.target, entry.workflowKey, workflow, desired.expected));
		}
		if (workflow && workflow.draftVersionId !== workflow.live?.versionId && workflow.live) {
			warnings.push({
				code: 'target_has_unpublished_draft',
				message: `"${workflow.content.name}" has an edit in the target that was never published. The promotion replaces it; a version of it is kept.`,
				...about,
			});
		}
		for (const place of desired.lossy) {
			warnings.push({
				code: 'field_not_accepted',
				message: `The target's n8n does not take the field ${place}; it is left out.`,
				...about,
				place,
			});
		}
		for (const name of desired.staying) {
			warnings.push({
				code: 'setting_stays',
				message: `The setting ${name} is set in the target only, and n8n cannot unset it; it stays.`,
				...about,
				place: `settings.${name}`,
			});
		}
		return changeOf(entry, workflow, desired.expected, publish, input.restore?.[entry.workflowKey]);
	});
	const seal = sealOf(input, targets, resolved.credentials);
	return {
		digest: planDigest(seal, changes),
		seal,
		changes,
		blockers,
		warnings,
		credentials: resolved.credentials,
		workflows: resolved.workflows,
	};
}

function changeOf(
	entry: Release['manifest'][number],
	workflow: EngineWorkflow | null,
	expected: WorkflowVersion['content'],
	publish: boolean,
	restore: Restore | undefined,
): PlannedChange {
	const change = {
		workflowKey: entry.workflowKey,
		sourceWorkflowId: entry.workflowId,
		name: entry.name,
		versionId: entry.versionId,
		targetWorkflowId: workflow?.id ?? null,
		publish,
		thenDraft: restore?.thenDraft ?? null,
		before: null,
	};
	if (!workflow) {
		return { ...change, action: 'create', diff: `+ new workflow "${entry.name}"` };
	}
	if (restore?.unpublish) {
		return { ...change, action: 'unpublish', publish: false, diff: '- unpublished' };
	}
	const { text } = diffContents(workflow.content, expected);
	return { ...change, action: isDone(workflow, expected, change) ? 'none' : 'update', diff: text };
}

function isDone(
	workflow: EngineWorkflow,
	expected: WorkflowVersion['content'],
	{ publish, thenDraft }: { publish: boolean; thenDraft: string | null },
): boolean {
	const now = fingerprint(workflow.content);
	const wanted = fingerprint(expected);
	const live = workflow.live?.versionId === workflow.draftVersionId;
	return (
		now.digest === wanted.digest &&
		now.appearanceDigest === wanted.appearanceDigest &&
		(live || !publish) &&
		thenDraft === null
	);
}

function sealOf(
	input: PlanInput,
	targets: Map<string, EngineWorkflow | null>,
	credentials: Plan['credentials'],
): Seal {
	const used = new Set(Object.values(credentials).map(({ id }) => id));
	return {
		release: input.release.digest,
		source: input.source,
		mappings: digestOf(input.mappings),
		api: input.target.api.digest,
		targets: Object.fromEntries(
			[...targets].map(([key, workflow]) => [key, workflow && sealTarget(workflow)]),
		),
		credentials: Object.fromEntries(
			input.target.credentials
				.filter(({ id }) => used.has(id))
				.map(({ id, type, name }) => [id, `"${name}" (${type})`]),
		),
	};
}
