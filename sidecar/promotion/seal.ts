import { digestOf } from '../kernel/canonical-json';
import type { Plan, PlannedChange, Seal, SealedTarget } from './promotion';

/** The digest an operator agrees to: what the plan rests on and what it would do. */
export function planDigest(seal: Seal, changes: PlannedChange[]): string {
	return digestOf({
		seal,
		changes: changes.map(
			({ diff: _diff, nodes: _nodes, before: _before, after: _after, ...change }) => change,
		),
	});
}

/** Names in words all that is no longer as it was when the plan was made; empty when nothing is. */
export function movedSince(plan: Pick<Plan, 'seal' | 'changes'>, now: Seal): string[] {
	const then = plan.seal;
	const moved: string[] = [];
	if (then.release !== now.release) moved.push('the release is another one');
	if (then.mappings !== now.mappings) moved.push('the mappings of the route have changed');
	if (then.owned !== now.owned) moved.push('what belongs to the target by its rules has changed');
	if (then.api !== now.api) moved.push("the target's API has changed (was n8n updated?)");
	for (const [id, digest] of Object.entries(then.source)) {
		if (now.source[id] === digest) continue;
		const name = plan.changes.find(({ sourceWorkflowId }) => sourceWorkflowId === id)?.name ?? id;
		const gone = now.source[id] === undefined;
		moved.push(
			gone
				? `workflow "${name}" is gone from the source`
				: `workflow "${name}" was edited in the source`,
		);
	}
	for (const key of new Set([...Object.keys(then.targets), ...Object.keys(now.targets)])) {
		moved.push(...movedTarget(key, then.targets[key] ?? null, now.targets[key] ?? null));
	}
	for (const [id, credential] of Object.entries(then.credentials)) {
		if (now.credentials[id] !== credential) {
			moved.push(
				`credential ${id} of the target was ${credential}, is ${now.credentials[id] ?? 'gone'}`,
			);
		}
	}
	return moved;
}

function movedTarget(key: string, then: SealedTarget | null, now: SealedTarget | null): string[] {
	if (!then && !now) return [];
	if (!then) return [`workflow ${key} now exists in the target`];
	const name = `workflow "${then.name}"`;
	if (!now) return [`${name} is gone from the target`];
	const moved: string[] = [];
	if (then.workflowId !== now.workflowId) moved.push(`${name} is bound to another id`);
	const edited =
		then.draftVersionId !== now.draftVersionId ||
		then.digest !== now.digest ||
		then.appearanceDigest !== now.appearanceDigest;
	if (then.name !== now.name) moved.push(`${name} was renamed to "${now.name}" in the target`);
	else if (edited) moved.push(`${name} was edited in the target`);
	if (then.liveVersionId !== now.liveVersionId) {
		moved.push(`${name} was published or unpublished in the target`);
	}
	return moved;
}
