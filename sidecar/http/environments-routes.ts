import { z } from 'zod';
import type { EnvironmentCheck } from '../contract/environments';
import { type EngineOf, checkEnvironment } from '../environments/check-environment';
import { findEnvironment, removeEnvironment } from '../environments/find-environment';
import {
	type RegisterEnvironmentDependencies,
	registerEnvironment,
} from '../environments/register-environment';
import {
	environmentCheckSchema,
	environmentInput,
	environmentSchema,
	environmentToWire,
	exampleEnvironment,
} from './environment-schemas';
import { pageOf, pageOfAll, pageQuery } from './paging';
import { exampleProtection, rulesIn } from './protection-schemas';
import { type Route, defineRoute } from './route';
import { environmentName } from './wire-schemas';

export interface EnvironmentsDependencies extends RegisterEnvironmentDependencies {
	engineOf: EngineOf;
}

const byName = z.strictObject({ name: environmentName });

const exampleCheck: EnvironmentCheck = {
	environment: 'production',
	reachable: true,
	ok: true,
	version: '2.40.7',
	findings: [{ name: 'workflow:read', ok: true, message: 'Workflows can be read.' }],
};

export function environmentsRoutes(dependencies: EnvironmentsDependencies): Route[] {
	return [...readingRoutes(dependencies), ...changingRoutes(dependencies)];
}

function readingRoutes({ store, engineOf }: EnvironmentsDependencies): Route[] {
	return [
		defineRoute({
			method: 'get',
			path: '/api/v1/environments',
			summary: 'Environments, lowest stage first',
			role: ['viewer', 'node'],
			environment: 'handler',
			query: pageQuery({}),
			responses: { 200: pageOf(environmentSchema) },
			examples: { response: { data: [exampleEnvironment], nextCursor: null } },
		}).handledBy(async ({ query, actor }) => {
			const visible = (await store.list()).filter(
				({ name }) => actor.environment === null || actor.environment === name,
			);
			const page = pageOfAll(
				visible,
				query,
				({ stage, name }) => `${String(stage).padStart(7, '0')}/${name}`,
			);
			return { status: 200, body: { ...page, data: page.data.map(environmentToWire) } };
		}),
		defineRoute({
			method: 'get',
			path: '/api/v1/environments/{name}',
			summary: 'One environment',
			role: ['viewer', 'node'],
			environment: ({ params }) => params.name,
			params: byName,
			responses: { 200: environmentSchema },
			errors: ['environment_not_found'],
			examples: { params: { name: 'production' }, response: exampleEnvironment },
		}).handledBy(async ({ params }) => ({
			status: 200,
			body: environmentToWire(await findEnvironment(store, params.name)),
		})),
		defineRoute({
			method: 'post',
			path: '/api/v1/environments/{name}/check',
			summary: 'Ask the instance what it can do',
			description:
				'An instance that cannot be asked is told as `reachable: false`, not as an error.',
			role: 'operator',
			environment: ({ params }) => params.name,
			params: byName,
			responses: { 200: environmentCheckSchema },
			errors: ['environment_not_found', 'capability_missing', 'secret_unreadable'],
			examples: { params: { name: 'production' }, response: exampleCheck },
		}).handledBy(async ({ params: { name } }) => {
			await findEnvironment(store, name);
			const { reachable, ok, version, findings } = await checkEnvironment(engineOf, name);
			return { status: 200, body: { environment: name, reachable, ok, version, findings } };
		}),
	];
}

function changingRoutes(dependencies: EnvironmentsDependencies): Route[] {
	return [
		defineRoute({
			method: 'put',
			path: '/api/v1/environments/{name}',
			summary: 'Make an instance known, or change what is known of it',
			description:
				'Does not call the instance: POST …/check does. Access that is left out stays as it was.',
			role: 'admin',
			environment: ({ params }) => params.name,
			params: byName,
			body: environmentInput,
			responses: { 200: environmentSchema, 201: environmentSchema },
			errors: ['address_not_allowed', 'secret_unreadable'],
			examples: {
				params: { name: 'production' },
				body: {
					engine: 'n8n',
					baseUrl: 'https://n8n.example.com',
					apiKey: 'the-api-key',
					stage: 'production',
					protected: exampleProtection,
				},
				response: exampleEnvironment,
			},
		}).handledBy(async ({ params, body, actor, log }) => {
			const { oauth2 } = body;
			const { environment, created } = await registerEnvironment(dependencies, {
				...body,
				name: params.name,
				oauth2: oauth2 && { ...oauth2, scopes: oauth2.scopes ?? [] },
				protected:
					typeof body.protected === 'object' ? rulesIn(body.protected) : (body.protected ?? false),
				deadLetters: body.deadLetters ?? {},
			});
			log.info({ environment: params.name, actor: actor.name }, 'environment registered');
			return { status: created ? 201 : 200, body: environmentToWire(environment) };
		}),
		defineRoute({
			method: 'delete',
			path: '/api/v1/environments/{name}',
			summary: 'Forget an environment and the tokens for it',
			role: 'admin',
			environment: ({ params }) => params.name,
			params: byName,
			responses: { 204: null },
			errors: ['environment_not_found', 'environment_in_use'],
			examples: { params: { name: 'production' } },
		}).handledBy(async ({ params, actor, log }) => {
			await removeEnvironment(dependencies.store, params.name);
			log.info({ environment: params.name, actor: actor.name }, 'environment removed');
			return { status: 204 };
		}),
	];
}
