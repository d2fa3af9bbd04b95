import { z } from 'zod';
import type { PromotionPorts } from '../promotion/promotion-ports';
import { mappingsOf, mappingsSchema } from './promotion-schemas';
import { type Route, defineRoute } from './route';
import { environmentName } from './wire-schemas';

const params = z.strictObject({ from: environmentName, to: environmentName });
const path = '/api/v1/promotions/routes/{from}/{to}/mappings';
const savedSchema = mappingsSchema.required().meta({ id: 'RouteMappings' });

const example: z.output<typeof savedSchema> = {
	credentials: { aB3dE5: 'zY9xW7' },
	workflows: {},
	literals: ['not-a-secret:3f2a9c11d07b4e58'],
	dataTables: {},
	rules: [{ type: null, source: '* (dev)', target: '* (production)' }],
};
const examples = { params: { from: 'dev', to: 'production' }, response: example };

/** What is remembered for promotions from one environment to another. */
export function routeMappingsRoutes(
	ports: Pick<PromotionPorts, 'promotions' | 'environmentOf'>,
): Route[] {
	const saved = async ({ from, to }: z.output<typeof params>) => {
		const {
			dataTables = {},
			rules = [],
			...others
		} = await ports.promotions.savedMappings(from, to);
		return { ...others, dataTables, rules };
	};
	const assertBoth = async ({ from, to }: z.output<typeof params>) => {
		await ports.environmentOf(from);
		await ports.environmentOf(to);
	};
	return [
		defineRoute({
			method: 'get',
			path,
			summary: 'What is mapped for promotions from one environment to another',
			description: 'What promotions were given and what was set by hand.',
			role: ['viewer', 'node'],
			environment: ({ params: { to } }) => to,
			params,
			responses: { 200: savedSchema },
			errors: ['environment_not_found'],
			examples,
		}).handledBy(async ({ params: route }) => {
			await assertBoth(route);
			return { status: 200, body: await saved(route) };
		}),
		defineRoute({
			method: 'put',
			path,
			summary: 'Replace what is mapped from one environment to another',
			description:
				'Plans that were made before are stale then. Which workflow is which after a promotion stays known without it.',
			role: 'operator',
			environment: ({ params: { to } }) => to,
			params,
			body: mappingsSchema,
			responses: { 200: savedSchema },
			errors: ['environment_not_found'],
			examples: { ...examples, body: example },
		}).handledBy(async ({ params: route, body, actor }) => {
			await assertBoth(route);
			await ports.promotions.replaceMappings(route, mappingsOf(body), actor.name);
			return { status: 200, body: await saved(route) };
		}),
	];
}
