import type { components } from '../../api/schema';
import { duration } from '../../time/wording';

export type Alert = components['schemas']['Alert'];
export type Rule = components['schemas']['AlertRule'];
export type RuleInput = components['schemas']['AlertRuleInput'];
export type Channel = components['schemas']['AlertChannel'];
export type ChannelInput = components['schemas']['AlertChannelInput'];
export type Condition = Rule['condition'];

export const kinds: ReadonlyArray<{ value: Condition['kind']; name: string }> = [
	{ value: 'failure-rate', name: 'a workflow fails often' },
	{ value: 'dead-letters', name: 'dead letters wait' },
	{ value: 'too-slow', name: 'a workflow is slow' },
	{ value: 'no-run-since', name: 'a workflow did not succeed for long' },
	{ value: 'circuit-open', name: 'a circuit is open' },
	{ value: 'drift', name: 'what runs is not what was promoted' },
	{ value: 'backlog', name: 'accepted work is overdue' },
	{ value: 'law-broken', name: 'accepted work went missing' },
	{ value: 'stuck', name: 'an execution is stuck' },
	{ value: 'expired-letters', name: 'dead letters expire' },
	{ value: 'webhook-gone', name: 'the webhook of a published workflow is gone' },
	{ value: 'unpublished', name: 'a workflow is no longer published' },
];

export function conditionInWords(condition: Condition): string {
	switch (condition.kind) {
		case 'failure-rate':
			return `more than ${Math.round(condition.above * 100)} % of a workflow’s runs fail within ${duration(condition.windowMs)}`;
		case 'dead-letters':
			return `more than ${condition.above} dead letters wait in an environment`;
		case 'too-slow':
			return `95 of 100 runs of a workflow take longer than ${duration(condition.aboveMs)}`;
		case 'no-run-since':
			return `the workflow has not succeeded for ${duration(condition.ms)}`;
		case 'circuit-open':
			return condition.key === '*' ? 'a circuit is open' : `a circuit ${condition.key} is open`;
		case 'drift':
			return 'what runs is not what was promoted';
		case 'backlog':
			return `accepted work is overdue for ${duration(condition.aboveMs)}`;
		case 'stuck':
			return `an execution runs for longer than ${duration(condition.runningMs)}, or its wait was over long ago`;
		case 'expired-letters':
			return `more than ${condition.above} dead letters expire within ${duration(condition.windowMs)}`;
		case 'webhook-gone':
			return 'n8n does not know the webhook of a published workflow';
		case 'unpublished':
			return `a workflow is no longer published, within ${duration(condition.withinMs)}`;
		case 'law-broken':
			return 'accepted work is in no state at all';
	}
}
