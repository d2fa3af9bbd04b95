import type { Environment } from '../../../environments/environment';
import type { Input, NewExecution } from '../../../executions/execution';
import { OrchestrationError } from '../../../kernel/errors';
import { argsOfItems } from '../payload-items';
import { readRequest, type OrchestrationRequest } from './request';
import { isShipped } from './shipped';

/**
 * What an execution will run elsewhere, where it is a shipped workflow; null: it is none.
 * @throws invalid_request for a payload it could not run with
 */
export function orchestrationIn(
	{ engine }: Pick<Environment, 'engine'>,
	{ workflow, input, origin }: Pick<NewExecution, 'workflow' | 'input' | 'origin'>,
): OrchestrationRequest | null {
	const at = workflow.lastIndexOf('@');
	const type = at === -1 ? workflow : workflow.slice(0, at);
	if (engine !== 'temporal' || !isShipped(type)) return null;
	if (origin === 'webhook') {
		throw new OrchestrationError(
			'invalid_request',
			`Expected a workflow of your own, got ${type}: the payload of an event comes from outside, and would choose here what is run, and where. Let it start a workflow that starts this one.`,
		);
	}
	return readRequest(type, givenIn(input));
}

/** As the workflow is given it. */
function givenIn(input: Input): unknown {
	return 'items' in input ? argsOfItems(input.items)[0] : input.payload;
}
