import { isGrpcServiceError, ServiceError } from '@temporalio/client';
import { getGrpcStatusDetails } from '@temporalio/client/lib/helpers';
import {
	NamespaceNotFoundError,
	WorkflowExecutionAlreadyStartedError,
	WorkflowNotFoundError,
} from '@temporalio/common';
import { type ErrorCode, OrchestrationError } from '../../kernel/errors';

/** Codes of gRPC (grpc/grpc, doc/statuscodes.md), and what they mean of a Temporal server. */
const codes: Record<number, { code: ErrorCode; says: string }> = {
	3: { code: 'engine_rejected', says: 'Temporal refuses the request' },
	4: { code: 'engine_timeout', says: 'Temporal did not answer in time' },
	6: { code: 'engine_conflict', says: 'Temporal has that already' },
	7: {
		code: 'engine_forbidden',
		says: 'The API key or certificate may not do that in this namespace; give it the rights, or register another one',
	},
	8: { code: 'engine_rate_limited', says: 'Temporal takes no more at the moment' },
	9: { code: 'engine_conflict', says: 'Temporal cannot do that now' },
	14: { code: 'engine_unreachable', says: 'Temporal cannot be reached' },
	16: {
		code: 'engine_unauthorized',
		says: 'Temporal does not know the API key or certificate; register the environment with a valid one',
	},
};
const notFound = 5;
const cancelled = 1;

/** A gRPC error, bare or wrapped by the client; undefined: it is none. */
function grpcErrorOf(error: unknown) {
	if (isGrpcServiceError(error)) return error;
	const cause = error instanceof ServiceError ? error.cause : undefined;
	return isGrpcServiceError(cause) ? cause : undefined;
}

export function isNotFound(error: unknown): boolean {
	return error instanceof WorkflowNotFoundError || grpcErrorOf(error)?.code === notFound;
}

export function isUnavailable(error: unknown): boolean {
	return grpcErrorOf(error)?.code === 14;
}

export function isAlreadyStarted(error: unknown): boolean {
	return error instanceof WorkflowExecutionAlreadyStartedError;
}

/** What a failed call means. What is no answer of Temporal at all stays as it was. */
export function explained(error: unknown, { namespace }: { namespace: string }): unknown {
	if (error instanceof NamespaceNotFoundError || isNoNamespace(error)) {
		return new OrchestrationError(
			'engine_namespace_not_found',
			`There is no namespace "${namespace}" on this Temporal. Make it there (temporal operator namespace create), or register the environment with the right temporal.namespace.`,
			{ details: { namespace }, cause: error },
		);
	}
	if (isNotFound(error)) {
		return new OrchestrationError(
			'execution_not_found',
			'Temporal does not have that workflow execution, or not any more: it keeps closed ones for the retention time of the namespace.',
			{ cause: error },
		);
	}
	const grpc = grpcErrorOf(error);
	// We gave up waiting ourselves.
	if (!grpc || grpc.code === cancelled) return error;
	const known = codes[grpc.code];
	const says = known?.says ?? `Temporal answered with gRPC status ${grpc.code}`;
	return new OrchestrationError(known?.code ?? 'engine_bad_response', `${says}: ${grpc.details}.`, {
		details: { grpcStatus: grpc.code, sent: true },
		cause: error,
	});
}

function isNoNamespace(error: unknown): boolean {
	const grpc = grpcErrorOf(error);
	const details = grpc?.code === notFound ? getGrpcStatusDetails(grpc) : undefined;
	return details?.some(({ type_url }) => type_url?.endsWith('NamespaceNotFoundFailure')) ?? false;
}
