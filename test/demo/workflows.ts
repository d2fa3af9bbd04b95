import { chain, codeNode, node, subWorkflow, type WorkflowBody } from '../support/n8n/workflows';

export const orderPath = 'demo-orders';

const broken = `// Orders from the shop's app carry the address in "deliverTo", and nobody told us.
const { order, address } = $input.first().json.body;
if (!address) throw new Error('Order ' + order + ' has no address');
return [{ json: { order, address } }];`;

const mended = `const { order, address, deliverTo } = $input.first().json.body;
const to = address ?? deliverTo;
if (!to) throw new Error('Order ' + order + ' has no address');
return [{ json: { order, address: to } }];`;

/** Called by the order workflow, so that the promotion has something to bring along and to rebind. */
export function receiptWorkflow(): WorkflowBody {
	return subWorkflow(
		'Send receipt',
		"return $input.all().map(({ json }) => ({ json: { ...json, receipt: 'sent' } }));",
	);
}

export function orderWorkflow(receiptId: string, fixed: boolean): WorkflowBody {
	return chain('Order intake', [
		node(
			'Webhook',
			'n8n-nodes-base.webhook',
			2,
			{ httpMethod: 'POST', path: orderPath, responseMode: 'lastNode', options: {} },
			{ webhookId: orderPath },
		),
		codeNode('Read order', fixed ? mended : broken),
		node('Send receipt', 'n8n-nodes-base.executeWorkflow', 1.2, {
			workflowId: { __rl: true, mode: 'id', value: receiptId },
			workflowInputs: { mappingMode: 'defineBelow', value: {} },
			options: {},
		}),
	]);
}

export const bookingPath = 'demo-bookings';

/** A workflow whose failing calls go to the Dead Letter node instead of being lost. */
export function bookingWorkflow(
	supplierUrl: string,
	credential: { id: string; name: string },
): WorkflowBody {
	const body = chain('Book at the supplier', [
		node(
			'Webhook',
			'n8n-nodes-base.webhook',
			2,
			{ httpMethod: 'POST', path: bookingPath, responseMode: 'lastNode', options: {} },
			{ webhookId: bookingPath },
		),
		node(
			'Call supplier',
			'n8n-nodes-base.httpRequest',
			4.2,
			{ url: supplierUrl, options: {} },
			{ onError: 'continueErrorOutput' },
		),
		node('Booked', 'n8n-nodes-base.noOp', 1),
	]);
	const letter = node(
		'Dead Letter',
		'n8n-nodes-orchestration.deadLetter',
		1,
		{ options: {} },
		{ credentials: { orchestrationApi: credential } },
	);
	body.nodes.push({ ...letter, position: [440, 200] });
	body.connections['Call supplier'] = {
		main: [
			[{ node: 'Booked', type: 'main', index: 0 }],
			[{ node: 'Dead Letter', type: 'main', index: 0 }],
		],
	};
	return body;
}
