import { connect } from 'node:net';
import {
	Client,
	Connection,
	defaultGrpcRetryOptions,
	defaultPayloadConverter,
	makeGrpcRetryInterceptor,
	type WorkflowClientInterceptor,
} from '@temporalio/client';
import type { Clock } from '../../kernel/clock';
import { OrchestrationError, isOrchestrationError } from '../../kernel/errors';
import type { EngineConnection } from '../port/connection';
import { explained, isUnavailable } from './grpc-errors';
import { temporalAddress } from './temporal-address';

export interface SessionOptions {
	connection: EngineConnection;
	clock: Clock;
	allowedAddress?: ((url: URL) => Promise<boolean>) | undefined;
}

/** A connection to one namespace, made when it is first needed and kept. */
export interface Session {
	client: Client;
	namespace: string;
	taskQueue: string | null;
	clock: Clock;
	/**
	 * Makes a call and says what went wrong with it. A server that was away is asked whether it is back
	 * before it is sent anything.
	 * @throws engine_*, address_not_allowed, execution_not_found
	 */
	call<T>(work: (client: Client) => Promise<T>): Promise<T>;
}

/** No single answer takes longer; waiting for a result has its own time. */
const deadlineMs = 10_000;
const connectTimeoutMs = 5_000;

/** As the OpenTelemetry interceptor of Temporal reads it. */
const tracing: WorkflowClientInterceptor = {
	start: async (input, next) => {
		const traceparent = input.options.memo?.['traceparent'];
		if (typeof traceparent !== 'string') return await next(input);
		const context = defaultPayloadConverter.toPayload({ traceparent });
		return await next({ ...input, headers: { ...input.headers, '_tracer-data': context } });
	},
};

export function openSession({ connection, clock, allowedAddress }: SessionOptions): Session {
	const url = new URL(connection.baseUrl);
	const hostname = url.hostname;
	const reached = temporalAddress(connection);
	const at = Number(reached.address.split(':').at(-1));
	const { namespace, taskQueue } = connection.temporal ?? { namespace: 'default', taskQueue: null };
	const link = Connection.lazy({
		...reached,
		connectTimeout: connectTimeoutMs,
		interceptors: [makeGrpcRetryInterceptor(defaultGrpcRetryOptions({ maxAttempts: 2 }))],
		channelArgs: {
			'grpc.initial_reconnect_backoff_ms': 200,
			'grpc.max_reconnect_backoff_ms': 2_000,
		},
	});
	const client = new Client({
		connection: link,
		namespace,
		interceptors: { workflow: [tracing] },
	});
	let isSure = false;
	const beSure = async () => {
		if (allowedAddress && !(await allowedAddress(url))) throw notAllowed(hostname);
		if (isSure) return;
		try {
			await link.ensureConnected();
			await link.withDeadline(clock.now().getTime() + connectTimeoutMs, async () => {
				await link.workflowService.getSystemInfo({});
			});
			isSure = true;
		} catch (error) {
			throw await unreachable(error, { url, hostname, at, namespace });
		}
	};
	return {
		client,
		namespace,
		taskQueue,
		clock,
		call: async (work) => {
			await beSure();
			try {
				const until = clock.now().getTime() + deadlineMs;
				return await link.withDeadline(until, async () => await work(client));
			} catch (error) {
				if (isUnavailable(error)) isSure = false;
				throw explained(error, { namespace });
			}
		},
	};
}

function notAllowed(hostname: string): OrchestrationError {
	return new OrchestrationError(
		'address_not_allowed',
		`${hostname} leads to an address that is not allowed. List it in ORCHESTRATION_ALLOWED_ADDRESSES and start again.`,
		{ details: { hostname } },
	);
}

/** Nothing was sent. Where somebody listens it is mostly TLS that is missing on one side. */
async function unreachable(
	error: unknown,
	{ url, hostname, at, namespace }: { url: URL; hostname: string; at: number; namespace: string },
): Promise<unknown> {
	const known = explained(error, { namespace });
	const mayBeAway =
		isOrchestrationError(known, 'engine_unreachable', 'engine_timeout') ||
		!isOrchestrationError(known);
	if (!mayBeAway) return known;
	const listens = await doesListen(hostname, at);
	const isTls = url.protocol === 'https:';
	const hint = listens
		? `Somebody listens there, but does not speak gRPC ${isTls ? 'over TLS with a certificate that is trusted' : 'in the clear'}: ` +
			(isTls
				? 'write http:// in baseUrl for a server without TLS; otherwise check temporal.tls.'
				: 'write https:// in baseUrl for a server with TLS.')
		: 'Nobody listens there: check the address, and that the server runs.';
	const why = error instanceof Error ? error.message : String(error);
	return new OrchestrationError(
		'engine_unreachable',
		`Temporal at ${hostname}:${at} cannot be reached. ${hint} (${why})`,
		{ details: { sent: false, listens, tls: isTls }, cause: error },
	);
}

async function doesListen(host: string, at: number): Promise<boolean> {
	return await new Promise((resolve) => {
		const socket = connect({ host: host.replace(/^\[|\]$/g, ''), port: at, timeout: 2_000 });
		const end = (listens: boolean) => () => {
			socket.destroy();
			resolve(listens);
		};
		socket.once('connect', end(true)).once('error', end(false)).once('timeout', end(false));
	});
}
