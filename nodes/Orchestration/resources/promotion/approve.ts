import type { INodeProperties } from 'n8n-workflow';

import type { Promotion } from '../../../../sidecar/contract/promotions';
import { idField } from '../../fields';
import {
	ask,
	collection,
	filledIn,
	type Operation,
	optionsField,
	requiredText,
	segment,
} from '../../operation';

const id = idField('promotionId', 'Promotion ID');
const planDigest = {
	...idField('planDigest', 'Plan Digest'),
	placeholder: '={{ $json.plan.digest }}',
	description: 'Of the plan that was looked at; a later plan needs a decision of its own',
};
const decision: INodeProperties = {
	displayName: 'Decision',
	name: 'decision',
	type: 'options',
	options: [
		{ name: 'Approve', value: 'approve' },
		{ name: 'Reject', value: 'reject', description: 'Ends the promotion' },
	],
	default: 'approve',
	description: 'Given in the name of the token. Needs an operator token.',
};
const reason: INodeProperties = {
	displayName: 'Reason',
	name: 'reason',
	type: 'string',
	default: '',
	description: 'Kept with the decision, for instance who said so',
};

export const approvePromotion: Operation = {
	name: 'Approve or Reject',
	action: 'Approve or reject a promotion',
	description: 'Give the approval that a protected environment asks for',
	fields: [id, planDigest, decision, optionsField([reason])],
	execute: async (call) => {
		const body = {
			decision: call.context.getNodeParameter(decision.name, call.itemIndex, 'approve') as string,
			planDigest: requiredText(call, planDigest),
			...filledIn(collection(call, 'options')),
		};
		const path = `/promotions/${segment(requiredText(call, id))}/approvals`;
		return await ask<Promotion>(call, 'POST', path, { body });
	},
};
