import type { DeadLetter } from '../../sidecar/contract/dead-letters';
import { expectOk } from '../support/n8n/n8n-requests';
import { callWebhook, createWorkflow, publish } from '../support/n8n/workflow-runs';
import { operatorOf, type Operator } from '../support/sidecar/operator';
import { setUp, type Stage } from './stage';
import {
	bookingPath,
	bookingWorkflow,
	orderPath,
	orderWorkflow,
	receiptWorkflow,
} from './workflows';

const say = (line = '') => console.log(line);

/** The main job, told on screen. With `exit` it ends after the last scene, else at Ctrl-C. */
export async function tell({ exit }: { exit: boolean }): Promise<void> {
	const began = performance.now();
	const stage = await setUp(say);
	const stopped = stopAtSignal();
	try {
		await play(stage);
		say(`\nAll green after ${Math.round((performance.now() - began) / 1000)} s.\n`);
		if (exit) {
			say('demo: ok');
			return;
		}
		whatToOpen(stage);
		await stopped;
	} finally {
		await stage.stop();
	}
}

/** Everything that is told. */
export async function play({ dev, production, sidecar, supplier }: Stage): Promise<void> {
	const operator = operatorOf(sidecar);
	await operator.register('dev', dev);
	await operator.register('production', production);
	const receipt = await createWorkflow(dev, receiptWorkflow());
	const order = await createWorkflow(dev, orderWorkflow(receipt.id, false));

	scene('Version: keep what the editor of dev shows');
	const first = await operator.snapshot('dev', order.id, 'first cut');
	fact(`"${first.name}" is version ${first.number}, digest ${first.digest.slice(0, 12)}…`);

	scene('Promote: dev → production, with the sub-workflow it calls');
	await promote(operator, order.id);
	const good = await callWebhook<{ receipt: string }>(production, orderPath, {
		order: 1,
		address: 'Main Street 1',
	});
	check('order 1 went through production', good.body.receipt === 'sent');

	scene('Fail: an order that production cannot read');
	await callWebhook(production, orderPath, { order: 2, deliverTo: 'Side Street 2' });
	const letter = await operator.letterWhere('environment=production&state=waiting');
	fact(`n8n shows a failed run; the sidecar has kept it as a dead letter:`);
	fact(`  ${letter.error.node}: ${letter.error.message}`);
	const { trigger } = await operator.letter(letter.id);
	fact(`  with its payload ${JSON.stringify(trigger?.items[0]?.json['body'])}`);
	check('the letter knows the version that failed', letter.versionId !== null);

	scene('Fix: in dev, then promote again');
	const body = orderWorkflow(receipt.id, true);
	expectOk('save the fix', await dev.api(`/workflows/${order.id}`, { method: 'PUT', body }));
	const second = await operator.snapshot('dev', order.id, 'read deliverTo too');
	const diff = await sidecar.api<{ text: string }>(`/versions/${first.id}/diff/${second.id}`);
	for (const line of diff.body.text.split('\n')) fact(line);
	await promote(operator, order.id);

	scene('Replay: the same order again, through the version that is live now');
	await replay(operator, letter);

	scene('The Dead Letter node: a call that fails inside a workflow that goes on');
	await deadLetterNode({ dev, production, sidecar, supplier, stop: async () => {} }, operator);
}

async function promote(operator: Operator, workflowId: string): Promise<void> {
	const to = { environment: 'dev', workflowIds: [workflowId], to: 'production' };
	const planned = await operator.plan(to);
	for (const change of planned.plan.changes) fact(`plan: ${change.action} "${change.name}"`);
	const ended = await operator.ended((await operator.apply(planned)).id);
	for (const step of ended.steps.filter(({ action }) => action !== 'record')) {
		const change = ended.plan.changes.find(({ workflowKey }) => workflowKey === step.workflowKey);
		fact(`  ${step.status}: ${step.action} "${change?.name ?? ''}"`);
	}
	check('seen live in production', ended.phase === 'succeeded');
}

async function replay(operator: Operator, letter: DeadLetter): Promise<void> {
	await operator.replay(letter.id);
	const { state, replays } = await operator.replayed(letter.id);
	const last = replays.at(-1);
	fact(`execution ${last?.executionId ?? '?'} in production: ${last?.status ?? '?'}`);
	check('the letter is resolved', state === 'resolved');
}

async function deadLetterNode(stage: Stage, operator: Operator): Promise<void> {
	const { production, sidecar, supplier } = stage;
	const token = await sidecar.api<{ token: string }>('/tokens', {
		body: { name: 'production workflows', role: 'node', environment: 'production' },
	});
	const credential = expectOk(
		'create the credential',
		await production.api<{ id: string; name: string }>('/credentials', {
			body: {
				name: 'Orchestration',
				type: 'orchestrationApi',
				data: { baseUrl: sidecar.url, token: token.body.token },
			},
		}),
	);
	const { id } = await createWorkflow(production, bookingWorkflow(supplier.url, credential));
	await publish(production, id);
	await callWebhook(production, bookingPath, { booking: 7 });
	const letter = await operator.letterWhere(`environment=production&workflowId=${id}`);
	fact(
		`the supplier said ${letter.error.httpStatus ?? '?'} (${letter.errorClass}); the item is kept`,
	);
	supplier.mend();
	fact('the supplier is back');
	await replay(operator, letter);
}

let number = 0;
function scene(title: string): void {
	number += 1;
	say(`\n${number}. ${title}`);
}

function fact(line: string): void {
	say(`   ${line}`);
}

function check(what: string, isTrue: boolean): void {
	if (!isTrue) throw new Error(`expected: ${what}`);
	say(`   ✔ ${what}`);
}

function whatToOpen({ dev, production, sidecar }: Stage): void {
	const { email, password } = production.owner;
	say(`Open:
  n8n dev          ${dev.baseUrl}
  n8n production   ${production.baseUrl}
                   log in with ${email} / ${password}
  sidecar API      ${sidecar.url}/openapi.json
                   Authorization: Bearer ${sidecar.token}

What to click in production:
  - Overview > "Order intake" > Executions: the failed run, and the replay that succeeded.
  - "Book at the supplier": the Dead Letter node on the error output; double-click it.
  - A new workflow > add node > "Orchestration": list the dead letters, replay one.

Try: curl -s -H "Authorization: Bearer ${sidecar.token}" ${sidecar.url}/api/v1/dead-letters

Ctrl-C stops everything and leaves nothing behind.`);
}

async function stopAtSignal(): Promise<void> {
	await new Promise<void>((resolve) => {
		for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
	});
}
