import type { AuditEvent } from '../audit/audit-entry';
import type { AuditTrail } from '../audit/audit-trail';
import { isOrchestrationError } from '../kernel/errors';
import type { Actor } from './authenticate';
import { statusOf } from './problem';
import type { AnyReply, Route } from './route';

/**
 * Work passing through, not changes somebody makes: each has a ledger of its own, and there may be
 * thousands a second. Everything else that is no GET goes into the audit log.
 */
const work: readonly RegExp[] = [
	/^\/hooks\//,
	/\/(permits|outcomes|reservations|feedback|leases|withdrawals)(\/|$)/,
	/^post \/api\/v1\/(dead-letters|executions|joins|parked)$/,
	/^delete \/api\/v1\/parked\//,
	/^post .*\/(check|simulate)$/,
	// Writes its own entry, which names the person.
	/^post \/session$/,
];

export function isAudited({ method, path }: Pick<Route, 'method' | 'path'>): boolean {
	if (method === 'get') return false;
	return !work.some((hot) => hot.test(path) || hot.test(`${method} ${path}`));
}

/** Fields of bodies that say what was wanted and never hold a secret. */
const tellingFields: readonly string[] = [
	'environment',
	'workflowId',
	'workflowIds',
	'releaseId',
	'to',
	'planDigest',
	'basedOn',
	'publish',
	'overwrite',
	'force',
	'breakGlass',
	'reason',
	'message',
	'until',
	'kinds',
	'state',
	'strategy',
	'version',
	'decision',
	'name',
	'role',
	'stage',
	'protected',
	'baseUrl',
];

type Action = Omit<AuditEvent, 'at' | 'outcome'>;

export interface AuditedRequest {
	route: Pick<Route, 'method' | 'path'>;
	actor: Actor;
	params: unknown;
	query: unknown;
	body: unknown;
	environment: string | null | undefined;
	requestId: string;
}

/** A request as an action that is about to be done. */
export function actionOf(request: AuditedRequest): Action {
	const { route, actor, requestId } = request;
	const [params, query, body] = [request.params, request.query, request.body].map(asFields) as [
		Fields,
		Fields,
		Fields,
	];
	const { environment: inPath, ...others } = params;
	const subject = Object.values(others).map(String).join('/');
	return {
		actor: actor.name,
		action: `${route.method.toUpperCase()} ${route.path}`,
		subject: subject === '' ? null : subject,
		environment: environmentIn(request.environment, inPath, body['environment'], body['to']),
		requestId,
		details: {
			tokenId: actor.tokenId,
			...(actor.session && { sessionId: actor.session.id }),
			...(Object.keys(query).length > 0 ? { query: telling(query) } : {}),
			...(Object.keys(body).length > 0
				? { fields: Object.keys(body).sort(), body: telling(body) }
				: {}),
		},
	};
}

/** Does the work between two notes of it; what was begun and never ended shows too. */
export async function audited(
	trail: AuditTrail,
	action: Action,
	work: (note: (facts: Record<string, unknown>) => void) => Promise<AnyReply>,
	onTrouble: (error: unknown) => void,
): Promise<AnyReply> {
	const end = await trail.begin(action);
	const noted: Record<string, unknown> = {};
	const settle = async (outcome: AuditEvent['outcome'], details: Fields, found: Fields = {}) => {
		const { id, environment, to } = found;
		try {
			await end({
				outcome,
				details: { ...noted, ...details },
				...(action.subject === null && typeof id === 'string' ? { subject: id } : {}),
				environment: environmentIn(action.environment, environment, to),
			});
		} catch (error) {
			// The note from before stays and is written into the chain later, as of unknown outcome.
			onTrouble(error);
		}
	};
	try {
		const reply = await work((facts) => Object.assign(noted, facts));
		await settle('ok', { status: reply.status }, asFields(reply.body));
		return reply;
	} catch (error) {
		const code = isOrchestrationError(error) ? error.code : 'internal_error';
		const status = statusOf[code];
		await settle(status < 500 ? 'refused' : 'failed', { status, code });
		throw error;
	}
}

type Fields = Record<string, unknown>;

function asFields(value: unknown): Fields {
	return typeof value === 'object' && value !== null && !Array.isArray(value)
		? (value as Fields)
		: {};
}

function environmentIn(...places: unknown[]): string | null {
	const found = places.find((place) => typeof place === 'string');
	return found === undefined ? null : found;
}

/** Short plain values only. */
function telling(fields: Fields): Fields {
	return Object.fromEntries(
		Object.entries(fields).filter(([name, value]) => {
			const plain = Array.isArray(value)
				? value.every((each) => typeof each === 'string')
				: ['string', 'number', 'boolean'].includes(typeof value);
			return tellingFields.includes(name) && plain && JSON.stringify(value).length <= 2_000;
		}),
	);
}
