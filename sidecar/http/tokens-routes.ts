import { z } from 'zod';
import type { CreatedToken, Token } from '../contract/tokens';
import { type TokenDependencies, issueToken, removeToken } from '../tokens/issue-token';
import type { AccessToken } from '../tokens/token';
import { pageOf, pageQuery, toPage } from './paging';
import { type Route, defineRoute } from './route';
import { dateTime, environmentName, plainText } from './wire-schemas';

const role = z.enum(['viewer', 'operator', 'admin', 'node']).meta({
	description:
		'viewer reads; operator acts; admin configures; node is what a workflow needs and nothing else.',
});

export const tokenInput = z
	.strictObject({
		name: plainText(100),
		role,
		environment: environmentName.optional(),
		expiresAt: dateTime.optional(),
	})
	.meta({ id: 'TokenInput' });

export const tokenSchema = z
	.strictObject({
		id: z.string(),
		name: z.string(),
		role,
		environment: z.string().nullable(),
		expiresAt: dateTime.nullable(),
		createdAt: dateTime,
		lastUsedAt: dateTime.nullable(),
	})
	.meta({ id: 'Token' });

export const createdTokenSchema = tokenSchema
	.extend({ token: z.string() })
	.meta({ id: 'CreatedToken', description: 'The only time the token itself is shown.' });

const example: Token = {
	id: '0198c0de-0000-7000-8000-000000000001',
	name: 'production letters',
	role: 'node',
	environment: 'production',
	expiresAt: null,
	createdAt: '2031-04-01T12:00:00.000Z',
	lastUsedAt: null,
};

/** Tokens for one environment are kept out: they could make one that reaches further. */
export function tokensRoutes(dependencies: TokenDependencies): Route[] {
	const { store } = dependencies;
	return [
		defineRoute({
			method: 'get',
			path: '/api/v1/tokens',
			summary: 'Tokens, oldest first',
			role: 'admin',
			query: pageQuery({}),
			responses: { 200: pageOf(tokenSchema) },
			examples: { response: { data: [example], nextCursor: null } },
		}).handledBy(async ({ query }) => {
			const rows = await store.list({ limit: query.limit + 1, after: query.cursor });
			return { status: 200, body: toPage(rows.map(toWire), query, (token) => token.id) };
		}),
		defineRoute({
			method: 'post',
			path: '/api/v1/tokens',
			summary: 'Make a token; the answer shows it for the only time',
			role: 'admin',
			body: tokenInput,
			responses: { 201: createdTokenSchema },
			errors: ['environment_not_found'],
			secretAnswer: true,
			examples: {
				body: { name: 'production letters', role: 'node', environment: 'production' },
				response: { ...example, token: 'orc_7Yx0…' } satisfies CreatedToken,
			},
		}).handledBy(async ({ body, actor, log }) => {
			const { token, record } = await issueToken(dependencies, {
				name: body.name,
				role: body.role,
				environment: body.environment ?? null,
				expiresAt: body.expiresAt === undefined ? null : new Date(body.expiresAt),
			});
			log.info({ tokenId: record.id, role: record.role, actor: actor.name }, 'token made');
			return { status: 201, body: { ...toWire(record), token } };
		}),
		defineRoute({
			method: 'delete',
			path: '/api/v1/tokens/{id}',
			summary: 'Take a token away; it stops working at once, on other replicas within a second',
			role: 'admin',
			params: z.strictObject({ id: z.string() }),
			responses: { 204: null },
			errors: ['token_not_found', 'token_last_admin'],
			examples: { params: { id: example.id } },
		}).handledBy(async ({ params, actor, log }) => {
			await removeToken(dependencies, params.id);
			log.info({ tokenId: params.id, actor: actor.name }, 'token removed');
			return { status: 204 };
		}),
	];
}

function toWire(token: AccessToken): Token {
	return {
		id: token.id,
		name: token.name,
		role: token.role,
		environment: token.environment,
		expiresAt: token.expiresAt?.toISOString() ?? null,
		createdAt: token.createdAt.toISOString(),
		lastUsedAt: token.lastUsedAt?.toISOString() ?? null,
	};
}
