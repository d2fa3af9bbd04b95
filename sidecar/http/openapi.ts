import { z } from 'zod';
import { createDocument, type ZodOpenApiOperationObject } from 'zod-openapi';
import type { ErrorCode } from '../kernel/errors';
import { problemMediaType, problemSchema, statusOf } from './problem';
import type { ResponseSpec, Route } from './route';

export type OpenApiDocument = ReturnType<typeof createDocument>;

/** Writes the documentation from the same table the router is made of. OpenAPI 3.1. */
export function openApiOf(routes: readonly Route[], version: string): OpenApiDocument {
	const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
	for (const route of routes) {
		paths[route.path] = { ...paths[route.path], [route.method]: operationOf(route) };
	}
	return createDocument({
		openapi: '3.1.0',
		info: {
			title: 'n8n Orchestration',
			version,
			description:
				'Versions, promotions and dead letters for n8n. Errors are problem documents (RFC 9457): ' +
				'branch on `code`. Lists take `limit` and `cursor`. Send an `Idempotency-Key` with a POST ' +
				'to be able to send it again safely.',
			license: { name: 'MIT', identifier: 'MIT' },
		},
		servers: [{ url: '/' }],
		security: [{ bearer: [] }, { session: [] }],
		components: {
			securitySchemes: {
				bearer: {
					type: 'http',
					scheme: 'bearer',
					description: 'A token made with POST /api/v1/tokens.',
				},
				session: {
					type: 'apiKey',
					in: 'cookie',
					name: 'orchestration_session',
					description:
						'The console. What is no GET needs the header x-csrf-token too; over https the name begins with __Host-.',
				},
			},
		},
		paths,
	});
}

function operationOf(route: Route): ZodOpenApiOperationObject {
	const { params, query, body } = route.schemas;
	const isPublic = route.roles.includes('public');
	return {
		operationId: operationIdOf(route),
		summary: route.summary,
		description: [route.description, isPublic ? null : `Role: ${route.roles.join(' or ')}.`]
			.filter((line) => line !== null)
			.join('\n\n'),
		tags: [tagOf(route)],
		security: isPublic ? [] : [{ bearer: [] }, { session: [] }],
		requestParams: {
			...(params instanceof z.ZodObject && { path: params }),
			...(query instanceof z.ZodObject && { query }),
			...(route.method === 'post' && !isPublic && { header: idempotencyHeader }),
		},
		...(body && {
			requestBody: {
				required: !body.safeParse(undefined).success,
				content: {
					'application/json': { schema: body, ...exampleOf(route.examples.body) },
				},
			},
		}),
		...(route.rawBody && {
			requestBody: { content: { '*/*': { schema: {} } } },
		}),
		responses: { ...successes(route), ...problems(route, isPublic) },
	};
}

const idempotencyHeader = z.object({
	'Idempotency-Key': z.string().min(1).max(255).optional().meta({
		description: 'The same key with the same request gives the same answer, done once.',
		example: 'promote-2031-04-01-a',
	}),
});

function successes(route: Route): ZodOpenApiOperationObject['responses'] {
	return Object.fromEntries(
		Object.entries(route.responses).map(([status, spec], index) => [
			status,
			{
				description: spec === null ? 'Done, nothing to say.' : route.summary,
				...contentOf(spec, index === 0 ? route.examples.response : undefined),
			},
		]),
	);
}

function contentOf(spec: ResponseSpec, example: unknown) {
	if (spec === null) return {};
	if ('text' in spec) return { content: { [spec.text]: { schema: z.string() } } };
	if ('events' in spec) return { content: { 'text/event-stream': { schema: spec.events } } };
	return { content: { 'application/json': { schema: spec, ...exampleOf(example) } } };
}

function exampleOf(example: unknown) {
	return example === undefined ? {} : { example };
}

/** Problems by status, each naming its codes. */
function problems(route: Route, isPublic: boolean): ZodOpenApiOperationObject['responses'] {
	const { params, query, body } = route.schemas;
	const codes: ErrorCode[] = [
		...(params || query || body || route.method === 'post' ? (['invalid_request'] as const) : []),
		...(body ? (['malformed_json', 'unsupported_media_type', 'body_too_large'] as const) : []),
		...(isPublic ? [] : (['unauthenticated', 'token_expired', 'forbidden'] as const)),
		...(route.method === 'post' && !isPublic
			? (['idempotency_key_reused', 'idempotency_key_in_progress'] as const)
			: []),
		...(isPublic ? [] : (['database_unavailable'] as const)),
		...route.errors,
		'internal_error',
	];
	const byStatus = Map.groupBy(new Set(codes), (code) => statusOf[code]);
	return Object.fromEntries(
		[...byStatus]
			.filter(([status]) => !(status in route.responses))
			.map(([status, own]) => [
				String(status),
				{
					description: own.join(', '),
					content: { [problemMediaType]: { schema: problemSchema } },
				},
			]),
	);
}

/** `get /api/v1/versions/{id}/diff/{otherId}` → `getVersionsIdDiffOtherId` */
function operationIdOf({ method, path }: Route): string {
	const words = path.replace('/api/v1', '').match(/\w+/g) ?? [];
	return [method, ...words.map((word) => word.charAt(0).toUpperCase() + word.slice(1))].join('');
}

function tagOf({ path }: Route): string {
	const [, resource, session] = /^\/api\/v1\/([\w-]+)|^\/(session)/.exec(path) ?? [];
	return resource ?? session ?? 'service';
}
