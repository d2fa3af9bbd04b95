import type { WorkflowNode } from '../port/workflow';
import type { Playback } from './stage-content';

/**
 * A node that gives what was recorded. One that gave an item for each item gives as many as it is asked
 * for, over and over; else the counts must fit.
 */
export function playedBack(node: WorkflowNode, { executionId, runs }: Playback): WorkflowNode {
	const { id, position, executeOnce, alwaysOutputData } = node;
	const about = `"${node.name}" was recorded in execution ${executionId}`;
	// As a text in a text: JSON in a program is not always what it says, with a key __proto__ for one.
	const jsCode = `const runs = JSON.parse(${JSON.stringify(JSON.stringify(runs))});
const about = ${JSON.stringify(about)};
const run = runs[$runIndex];
if (!run) throw new Error(about + ' with ' + runs.length + ' runs, and is run once more.');
const { given, items } = run;
const wanted = $input.all().length;
if (given === null || given === wanted) return items;
if (given > 0 && items.length === given) {
	return Array.from({ length: wanted }, (_, at) => ({ ...items[at % given], pairedItem: at }));
}
throw new Error(about + ' for ' + given + ' items, and is given ' + wanted + '.');`;
	return {
		...(id === undefined ? {} : { id }),
		...(position ? { position } : {}),
		...(executeOnce === undefined ? {} : { executeOnce }),
		...(alwaysOutputData === undefined ? {} : { alwaysOutputData }),
		name: node.name,
		type: 'n8n-nodes-base.code',
		typeVersion: 2,
		parameters: { mode: 'runOnceForAllItems', language: 'javaScript', jsCode },
	};
}
