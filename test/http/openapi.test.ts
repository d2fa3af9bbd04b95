import type { Route } from '../../sidecar/http/route';
import { type HttpRoom, openHttpRoom } from '../support/http/http-room';

interface Operation {
	operationId: string;
	security: unknown[];
	parameters?: Array<{ in: string; name: string; required?: boolean; schema: object }>;
	requestBody?: { content: Record<string, { schema: object; example?: unknown }> };
	responses: Record<string, { content?: Record<string, { schema: object; example?: unknown }> }>;
}

interface Document {
	openapi: string;
	info: { title: string; version: string };
	paths: Record<string, Record<string, Operation>>;
	components: { schemas: Record<string, object>; securitySchemes: Record<string, object> };
}

let room: HttpRoom;
let routes: Route[];
let document: Document;

beforeAll(async () => {
	room = await openHttpRoom();
	routes = allRoutes(room.pool);
	document = JSON.parse(JSON.stringify(openApiOf(routes, '1.2.3'))) as Document;
});
afterAll(async () => {
	await room.close();
});

const operationOf = (route: Route): Operation => {
	const operation = document.paths[route.path]?.[route.method];
	if (!operation) throw new Error(`${route.method} ${route.path} is not documented`);
	return operation;
};
const nameOf = (route: Route) => `${route.method} ${route.path}`;

const documentedIn = ({ paths }: Document) =>
	Object.entries(paths).flatMap(([path, operations]) =>
		Object.keys(operations).map((method) => `${method} ${path}`),
	);

it('is OpenAPI 3.1 and has every route', () => {
	expect(document).toMatchObject({ openapi: '3.1.0', info: { version: '1.2.3' } });
	expect(documentedIn(document).sort()).toEqual(routes.map(nameOf).sort());
});

it('is served without a token, with the routes at the root', async () => {
	const { text } = await room.call('GET /openapi.json', { token: null });
	const served = JSON.parse(text) as Document;
	const atTheRoot = ['get /healthz', 'get /readyz', 'get /metrics', 'get /openapi.json'];
	expect(documentedIn(served).sort()).toEqual([...room.routes.map(nameOf), ...atTheRoot].sort());
	expect(served.paths['/healthz']?.['get']?.security).toEqual([]);
});

it('asks for a token everywhere below /api', () => {
	expect(document.components.securitySchemes).toMatchObject({
		bearer: { type: 'http', scheme: 'bearer' },
	});
	for (const route of routes) expect(operationOf(route).security).toEqual([{ bearer: [] }]);
});

it('names every operation once', () => {
	const ids = Object.values(document.paths).flatMap((operations) =>
		Object.values(operations).map(({ operationId }) => operationId),
	);
	expect(new Set(ids).size).toBe(ids.length);
	expect(ids).toContain('getEnvironmentsEnvironmentWorkflowsId');
});

it('describes every parameter of every path', () => {
	for (const route of routes) {
		const inPath = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
		const described = operationOf(route).parameters?.filter((parameter) => parameter.in === 'path');
		expect((described ?? []).map(({ name }) => name)).toEqual(inPath);
	}
});

it('offers an Idempotency-Key on every POST', () => {
	const offering = routes.filter((route) =>
		operationOf(route).parameters?.some(({ name }) => name === 'Idempotency-Key'),
	);
	expect(offering.map(nameOf)).toEqual(
		routes.filter(({ method }) => method === 'post').map(nameOf),
	);
});

it('describes problems with their codes', () => {
	for (const route of routes) {
		const { responses } = operationOf(route);
		expect(Object.keys(responses)).toEqual(expect.arrayContaining(['401', '403', '500']));
		expect(responses['401']?.content?.['application/problem+json']?.schema).toEqual({
			$ref: '#/components/schemas/Problem',
		});
	}
});

it('has an example for everything that goes in or comes out, and each fits its schema', () => {
	for (const route of routes) {
		const operation = operationOf(route);
		const { examples, schemas, responses } = route;
		if (schemas.params) expect(() => schemas.params?.parse(examples.params)).not.toThrow();
		if (schemas.body) {
			expect(() => schemas.body?.parse(examples.body)).not.toThrow();
			const media = operation.requestBody?.content['application/json'];
			expect(media?.example).toEqual(examples.body);
		}
		const [status, first] = Object.entries(responses)[0] ?? [];
		if (first && 'parse' in first) {
			expect(() => first.parse(examples.response)).not.toThrow();
			const media = operation.responses[String(status)]?.content?.['application/json'];
			expect(media?.example).toEqual(examples.response);
		}
	}
});

it('has no reference that leads nowhere', () => {
	const references = [
		...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g),
	];
	expect(references.length).toBeGreaterThan(0);
	for (const [, name = ''] of references) expect(document.components.schemas).toHaveProperty(name);
});
