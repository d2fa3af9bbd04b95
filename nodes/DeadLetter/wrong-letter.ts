import type { NodeApiError } from 'n8n-workflow';

import { problemOf } from '../shared/sidecar-error';

/**
 * Which letter of a batch the sidecar found wrong, from a refusal that names a field in one.
 *
 * @returns undefined when it said no for another reason, or the batch is one letter
 */
export function wrongLetter(error: unknown, count: number): number | undefined {
	if (count < 2) return undefined;
	const problem = problemOf((error as Partial<NodeApiError>).context?.['data']);
	if (problem?.code !== 'invalid_request') return undefined;
	const [found] = (problem.errors ?? [])
		.map(({ path }) => /^letters\[(\d+)\]/.exec(path)?.[1])
		.filter((nth) => nth !== undefined);
	return found !== undefined && Number(found) < count ? Number(found) : undefined;
}
