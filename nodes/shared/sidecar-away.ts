import { NodeApiError, NodeOperationError } from 'n8n-workflow';

/**
 * Whether nobody able to answer is there, as opposed to a sidecar that said no (wrong token, wrong
 * field): only then may a node decide without it.
 */
export function isSidecarAway(error: unknown): error is NodeApiError | NodeOperationError {
	if (error instanceof NodeApiError) return Number(error.httpCode) >= 500;
	return error instanceof NodeOperationError && error.context['sidecarAway'] === true;
}
