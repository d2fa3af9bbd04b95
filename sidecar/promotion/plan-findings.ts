import type { PlanItem } from './plan-change';
import type { Finding } from './promotion';
import { doesTheSame, hasUnpublishedEdit, liveContent } from './target-state';
import { triggerProblems } from './trigger-problems';

/** What stands in the way of one workflow, and what its operator should know. */
export function changeFindings(item: PlanItem): { blockers: Finding[]; warnings: Finding[] } {
	const { entry, workflow, desired, publish, restore, inCircle } = item;
	const about = { workflowKey: entry.workflowKey, place: null };
	const blockers: Finding[] = [];
	const warnings: Finding[] = [];
	if (publish) {
		const problems = triggerProblems(desired.expected);
		// What was live like that may come back like that.
		(restore ? warnings : blockers).push(
			...problems.map(({ place, problem }) => ({
				code: 'trigger_cannot_start',
				message: `n8n would call the workflow active although this trigger cannot start: ${problem}. Correct it in the source.`,
				...about,
				place,
			})),
		);
	}
	if (publish && inCircle && workflow && !workflow.live) {
		blockers.push({
			code: 'workflow_circle',
			message: `"${entry.name}" calls itself by way of others and is not published in the target, so n8n refuses to publish any of them first. Publish "${workflow.content.name}" (${workflow.id}) there once without the call, or map it to "create".`,
			...about,
		});
	}
	if (workflow && !restore && hasUnpublishedEdit(workflow)) {
		warnings.push({
			code: 'target_has_unpublished_draft',
			message: `"${workflow.content.name}" has an edit in the target that was never published. The promotion replaces it; a version of it is kept.`,
			...about,
		});
	}
	warnings.push(...settingsAtOnce(item), ...staticDataLeft(item));
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
	return { blockers, warnings };
}

/** n8n files what a node remembers, such as how far it has polled, under the name of the node. */
function staticDataLeft({ entry, workflow, desired }: PlanItem): Finding[] {
	if (!workflow) return [];
	const names = new Set(desired.expected.nodes.map(({ name }) => name));
	const remembered = new Set(Object.keys((workflow.staticData as object | null) ?? {}));
	return (workflow.live?.graph ?? workflow.content).nodes
		.filter(({ name }) => remembered.has(`node:${name}`) && !names.has(name))
		.map(({ name }) => ({
			code: 'static_data_left',
			message: `The target remembers data of node "${name}", and no node has that name after the promotion. If the node was renamed, it starts anew: a trigger that polls may bring old items again. Keep the name in the source to prevent that.`,
			workflowKey: entry.workflowKey,
			place: `nodes[${name}]`,
		}));
}

/** Settings belong to the workflow and not to a version: what is live gets them with the draft. */
function settingsAtOnce({ entry, workflow, desired, publish }: PlanItem): Finding[] {
	const live = workflow && liveContent(workflow);
	if (publish || !live) return [];
	if (doesTheSame(live, { ...live, settings: desired.expected.settings })) return [];
	return [
		{
			code: 'settings_apply_at_once',
			message: `"${entry.name}" is only staged, but n8n has one set of settings for draft and live version: the changed ones hold for what is live at once.`,
			workflowKey: entry.workflowKey,
			place: 'settings',
		},
	];
}
