import { z } from 'zod';
import type { N8nTransport } from './transport';

const schemaWire = z.looseObject({
	properties: z.record(z.string(), z.unknown()).nullish(),
});
const discoveryWire = z.looseObject({
	data: z.looseObject({
		scopes: z.array(z.string()),
		resources: z.record(
			z.string(),
			z.looseObject({
				endpoints: z.array(
					z.looseObject({
						method: z.string(),
						path: z.string(),
						operationId: z.string().nullish(),
						requestSchema: schemaWire.nullish(),
					}),
				),
			}),
		),
	}),
});
export type Discovery = z.infer<typeof discoveryWire>['data'];

/** What the API key may do. `workflow` adds the fields that the workflow endpoints take in. */
export async function discover(
	transport: N8nTransport,
	scope: 'everything' | 'workflow',
): Promise<Discovery> {
	const answer = await transport.json(
		{
			method: 'GET',
			path: '/api/v1/discover',
			query: scope === 'workflow' ? { resource: 'workflow', include: 'schemas' } : {},
			meaning: { notFound: 'capability_missing', subject: 'the endpoint /api/v1/discover' },
		},
		discoveryWire,
	);
	return answer.data;
}

/** The instance's own OpenAPI document as text; null where it serves none. */
export async function getOpenApi(transport: N8nTransport): Promise<string | null> {
	const response = await transport.send({
		method: 'GET',
		path: '/api/v1/openapi.yml',
		mayFail: true,
	});
	return response.status === 200 ? response.text : null;
}

/** 200 when it takes work, 503 while it starts; other where a gateway hides the path. */
export async function getReadiness(transport: N8nTransport): Promise<number> {
	const response = await transport.send({
		method: 'GET',
		path: '/healthz/readiness',
		withApiKey: false,
		mayFail: true,
	});
	return response.status;
}
