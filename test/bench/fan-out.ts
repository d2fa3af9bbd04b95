import { startN8n, type N8nInstance } from '../support/n8n/n8n-instance';
import { packPack } from '../support/n8n/pack';
import {
	callWebhook,
	createWorkflow,
	publish,
	waitForExecution,
} from '../support/n8n/workflow-runs';
import { chain, codeNode, node, type NodeBody, webhookWorkflow } from '../support/n8n/workflows';
import { rounded } from './load';
import type { Result } from './start-up';

const CHILDREN = 200;
const AT_ONCE = 20;

/** 200 sub-workflows that wait 1 s each, 20 at once, beside n8n's own Execute Sub-workflow per item. */
export async function fanOut(): Promise<Result[]> {
	const n8n = await startN8n({ packs: [await packPack()] });
	try {
		const child = await waitingChild(n8n);
		const workflowId = { __rl: true, mode: 'id', value: child };
		const fan = [
			node('Fan Out', 'n8n-nodes-orchestration.fanOut', 1, {
				workflowId,
				atOnce: AT_ONCE,
				options: {},
			}),
		];
		const stock = [
			node('Execute', 'n8n-nodes-base.executeWorkflow', 1.2, {
				workflowId,
				mode: 'each',
				workflowInputs: { mappingMode: 'defineBelow', value: {} },
				options: { waitForSubWorkflow: true },
			}),
		];
		await timeOf(n8n, 'bench-warm-up', fan);
		// Before and after the peer, so that a busy moment of the machine meets both.
		const before = await timeOf(n8n, 'bench-before', fan);
		const peer = await timeOf(n8n, 'bench-execute', stock);
		const after = await timeOf(n8n, 'bench-after', fan);
		const ours = rounded((before + after) / 2);
		const ratio = rounded(peer / ours);
		return [
			{
				name: `fan out of ${CHILDREN} children that wait 1 s, ${AT_ONCE} at once (peer: Execute Sub-workflow per item; ratio: peer / ours)`,
				ours,
				peer,
				unit: 's',
				ratio,
				goal: 'ratio >= 10',
				pass: ratio >= 10,
			},
		];
	} finally {
		await n8n.stop();
	}
}

async function waitingChild(n8n: N8nInstance): Promise<string> {
	const start = node('Start', 'n8n-nodes-base.executeWorkflowTrigger', 1.1, {
		inputSource: 'passthrough',
	});
	const wait = node('Wait', 'n8n-nodes-base.wait', 1.1, {
		resume: 'timeInterval',
		amount: 1,
		unit: 'seconds',
	});
	const { id } = await createWorkflow(n8n, chain('bench child', [start, wait]));
	await publish(n8n, id);
	return id;
}

/** How long n8n says that the execution took, in seconds. */
async function timeOf(n8n: N8nInstance, path: string, then: NodeBody[]): Promise<number> {
	const last = codeNode(
		'Counted',
		`if ($input.all().length !== ${CHILDREN}) throw new Error('some are lost'); return [];`,
	);
	const code = `return Array.from({ length: ${CHILDREN} }, (_, id) => ({ json: { id } }));`;
	const body = webhookWorkflow({ name: path, path, code, then: [...then, last] });
	const { id } = await createWorkflow(n8n, body);
	await publish(n8n, id);
	await callWebhook(n8n, path, {});
	const wanted = { workflowId: id, status: 'success' };
	const { startedAt, stoppedAt } = await waitForExecution(n8n, wanted, 600_000);
	return rounded((Date.parse(stoppedAt ?? '') - Date.parse(startedAt)) / 1000);
}
