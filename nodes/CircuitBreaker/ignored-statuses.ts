import type { IExecuteFunctions } from 'n8n-workflow';

import { matchesStatus } from '../shared/retry/retry-policy';

/** Whether a failure with that HTTP status says nothing against the service. */
export function ignoredStatuses(context: IExecuteFunctions) {
	const { ignoreStatuses = '' } = context.getNodeParameter('options', 0, {}) as {
		ignoreStatuses?: string;
	};
	const patterns = ignoreStatuses.split(',').map((each) => each.trim());
	return (status: number | undefined): boolean =>
		status !== undefined && patterns.some((pattern) => matchesStatus(pattern, status));
}
