import type { Ownership } from '../environments/protection';
import { digestOf } from '../kernel/canonical-json';
import { calledWorkflows } from '../workflow-versions/references';
import type { Release, WorkflowVersion } from '../workflow-versions/version';
import { inCircles } from './circles';
import { desiredContent } from './desired-content';
import { changeFindings } from './plan-findings';
import { planChange, type PlanItem } from './plan-change';
import type { Finding, Mappings, Plan, Seal } from './promotion';
import { checkedCalls, unpublishedCallees } from './published-calls';
import { resolveReferences, type Resolved } from './resolve-references';
import type { Restore } from './restores';
import { planDigest } from './seal';
import { sealTarget, type TargetState } from './target-state';
import type { SourceInventory } from './source-inventory';
import { chooseTarget, sameWorkflow } from './target-workflow';
import { webhookClashes } from './webhook-clashes';

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
	/** What belongs to the target. Default: nothing. */
	owned?: Ownership | null;
	/** For a roll-back: what each workflow is to be, by key. */
	restore?: Record<string, Restore>;
	/** What else the source has. */
	inventory?: SourceInventory;
}

/** What a promotion would do and everything that stands in its way, in one go. */
export function makePlan(input: PlanInput): Plan {
	const releaseIds = new Set(input.release.manifest.map(({ workflowId }) => workflowId));
	const chosen = chooseTargets(input);
	const workflows = Object.fromEntries(
		chosen.items.flatMap(({ entry, workflow }) =>
			workflow
				? [[entry.workflowId, { id: workflow.id, name: workflow.content.name }] as const]
				: [],
		),
	);
	const resolved = resolveReferences({ ...input, releaseIds, workflows });
	const keys = new Map<string, string>();
	const items = chosen.items.map((item) => {
		const called = calledWorkflows(item.version.content).flatMap((id) => keys.get(id) ?? []);
		keys.set(item.entry.workflowId, item.entry.workflowKey);
		return desiredItem(input, item, resolved, called);
	});
	const blockers = [...chosen.blockers, ...resolved.blockers];
	const warnings = [...resolved.warnings];
	for (const item of items) {
		const found = changeFindings(item);
		const calls = item.publish
			? unpublishedCallees(item.version, releaseIds, resolved.workflows, input.target)
			: { blockers: [], warnings: [] };
		blockers.push(...found.blockers, ...calls.blockers);
		warnings.push(...found.warnings, ...calls.warnings);
	}
	blockers.push(...webhookClashes(input.target.workflows.values(), toBeLive(items)));
	const changes = items.map(planChange);
	const seal = sealOf(input, items, resolved);
	const { credentials } = resolved;
	return {
		digest: planDigest(seal, changes),
		seal,
		changes,
		blockers,
		warnings,
		credentials,
		workflows: resolved.workflows,
		dataTables: resolved.dataTables,
		...(input.owned ? { owned: input.owned } : {}),
	};
}

type Chosen = Pick<PlanItem, 'entry' | 'version' | 'workflow' | 'inCircle'>;

function chooseTargets(input: PlanInput): { items: Chosen[]; blockers: Finding[] } {
	const blockers: Finding[] = [];
	const circles = inCircles(
		new Map(input.versions.map((version, index) => [idAt(input, index), checkedCalls(version)])),
	);
	const taken = new Map<string, string>();
	const items = input.release.manifest.map((entry, index) => {
		const version = input.versions[index];
		if (version?.id !== entry.versionId) throw new TypeError('versions out of order');
		const choice = input.sameEnvironment
			? sameWorkflow(input.target, entry)
			: chooseTarget(input.target, input.mappings, entry);
		if (choice.choice === 'blocked') blockers.push(choice.finding);
		const workflow = choice.choice === 'existing' ? choice.workflow : null;
		const other = workflow && taken.get(workflow.id);
		if (workflow && other) blockers.push(takenTwice(entry, workflow.id, other));
		if (workflow) taken.set(workflow.id, entry.name);
		return { entry, version, workflow, inCircle: circles.has(entry.workflowId) };
	});
	return { items, blockers };
}

function idAt({ release }: PlanInput, index: number): string {
	return release.manifest[index]?.workflowId ?? '';
}

function takenTwice(entry: PlanItem['entry'], id: string, other: string): Finding {
	return {
		code: 'workflow_mapped_twice',
		message: `"${entry.name}" and "${other}" are both workflow ${id} in the target. Map one of them to another id or to "create".`,
		workflowKey: entry.workflowKey,
		place: null,
	};
}

function desiredItem(
	input: PlanInput,
	chosen: Chosen,
	resolved: Resolved,
	calls: string[],
): PlanItem {
	const { entry, version, workflow } = chosen;
	const restore = input.restore?.[entry.workflowKey];
	return {
		...chosen,
		desired: desiredContent(version.content, resolved, workflow, input.target.api, input.owned),
		publish: restore ? restore.publish : input.publish,
		restore: restore ?? null,
		calls,
	};
}

function toBeLive(items: PlanItem[]) {
	return items
		.filter(({ publish }) => publish)
		.map(({ entry, workflow, desired }) => ({
			workflowKey: entry.workflowKey,
			name: entry.name,
			targetId: workflow?.id ?? null,
			graph: desired.expected,
		}));
}

function sealOf(input: PlanInput, items: PlanItem[], resolved: Resolved): Seal {
	const used = new Set(Object.values(resolved.credentials).map(({ id }) => id));
	return {
		release: input.release.digest,
		source: input.source,
		mappings: digestOf(input.mappings),
		...(input.owned ? { owned: digestOf(input.owned) } : {}),
		api: input.target.api.digest,
		targets: Object.fromEntries(
			items.map(({ entry, workflow }) => [entry.workflowKey, workflow && sealTarget(workflow)]),
		),
		credentials: Object.fromEntries(
			input.target.credentials
				.filter(({ id }) => used.has(id))
				.map(({ id, type, name }) => [id, `"${name}" (${type})`]),
		),
	};
}
