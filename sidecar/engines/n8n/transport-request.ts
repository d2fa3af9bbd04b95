import type { HttpAnswer } from '../../kernel/http-request';
import type { RefusalMeaning } from './response-errors';

export interface TransportRequest {
	method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS';
	/** From the root of the instance, e.g. /api/v1/workflows. */
	path: string;
	query?: Record<string, string | number | boolean | undefined>;
	/** Sent as JSON. */
	body?: unknown;
	headers?: Record<string, string>;
	/** Milliseconds. Default: that of the transport. */
	timeoutMs?: number;
	/** A webhook call must not carry the API key. Default true. */
	withApiKey?: boolean;
	/** Set for calls that answer when a workflow has ended. Default false. */
	longRunning?: boolean;
	/** A 5xx of this call says nothing about the instance. Default false. */
	mayFail?: boolean;
	/** What 400, 403 and 404 mean here. */
	meaning?: RefusalMeaning;
}

export type TransportResponse = HttpAnswer;
