import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { compose } from '../../sidecar/compose';
import { readConfig } from '../../sidecar/config';
import { createLog } from '../../sidecar/monitoring/log';
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

interface Entry {
	name: string;
	path: string;
	method: string;
	operation: Operation;
}

let room: HttpRoom;
/** Of the whole product. */
let document: Document;

beforeAll(async () => {
	room = await openHttpRoom();
	const config = { ...readConfig({}), encryptionKeys: [randomBytes(32)] };
	const { app } = compose(config, room.pool, createLog({ level: 'silent' }), {
		version: '1.2.3',
	});
	const server = createServer(app).listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address() as AddressInfo;
	const answer = await fetch(`http://127.0.0.1:${port}/openapi.json`);
	document = (await answer.json()) as Document;
	server.close();
	server.closeAllConnections();
});
afterAll(async () => {
	await room.close();
});

const entriesOf = ({ paths }: Document): Entry[] =>
	Object.entries(paths).flatMap(([path, operations]) =>
		Object.entries(operations).map(([method, operation]) => ({
			name: `${method} ${path}`,
			path,
			method,
			operation,
		})),
	);
const underApi = () => entriesOf(document).filter(({ path }) => path.startsWith('/api/v1/'));

it('is OpenAPI 3.1 and is served without a token', () => {
	expect(document).toMatchObject({ openapi: '3.1.0', info: { version: '1.2.3' } });
});

it('has every route, those at the root too', async () => {
	const served = await room.call('GET /openapi.json', { token: null });
	const documented = entriesOf(JSON.parse(served.text) as Document).map(({ name }) => name);
	const atTheRoot = ['get /healthz', 'get /readyz', 'get /metrics', 'get /openapi.json'];
	const routes = room.routes.map(({ method, path }) => `${method} ${path}`);
	expect(documented.sort()).toEqual([...routes, ...atTheRoot].sort());
	expect(entriesOf(document).map(({ name }) => name)).toEqual(expect.arrayContaining(routes));
});

it('asks for a token or a session everywhere below /api, and of who is signed in', () => {
	const signedIn = ['get /session', 'delete /session'];
	expect(document.components.securitySchemes).toMatchObject({
		bearer: { type: 'http', scheme: 'bearer' },
	});
	for (const { name, path, operation } of entriesOf(document)) {
		const isClosed = path.startsWith('/api/') || signedIn.includes(name);
		expect(operation.security).toEqual(isClosed ? [{ bearer: [] }, { session: [] }] : []);
	}
});

it('names every operation once', () => {
	const ids = entriesOf(document).map(({ operation }) => operation.operationId);
	expect(new Set(ids).size).toBe(ids.length);
	expect(ids).toContain('getEnvironmentsEnvironmentWorkflowsId');
});

it('describes every parameter of every path', () => {
	for (const { path, operation } of underApi()) {
		const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
		const described = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path');
		expect(described.map(({ name }) => name)).toEqual(inPath);
	}
});

it('offers an Idempotency-Key on every POST, and only there', () => {
	const offering = underApi().filter(({ operation }) =>
		operation.parameters?.some(({ name }) => name === 'Idempotency-Key'),
	);
	expect(offering.map(({ name }) => name)).toEqual(
		underApi()
			.filter(({ method }) => method === 'post')
			.map(({ name }) => name),
	);
});

it('describes problems with their codes', () => {
	for (const { operation } of underApi()) {
		expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(['401', '403', '500']));
		expect(operation.responses['401']?.content?.['application/problem+json']?.schema).toEqual({
			$ref: '#/components/schemas/Problem',
		});
	}
});

it('has an example of every body and of what comes back', () => {
	const without = underApi().filter(({ operation }) => {
		const { requestBody, responses } = operation;
		const [first] = Object.values(responses);
		const media = [requestBody?.content, first?.content].map((body) => body?.['application/json']);
		return media.some((described) => described && described.example === undefined);
	});
	expect(without.map(({ name }) => name)).toEqual([]);
});

it('has examples that fit their schemas', () => {
	for (const { examples, schemas, responses } of room.routes) {
		const [answer] = Object.values(responses);
		if (schemas.params) schemas.params.parse(examples.params);
		if (schemas.body) schemas.body.parse(examples.body);
		if (answer && 'parse' in answer) answer.parse(examples.response);
	}
});

it('has no reference that leads nowhere', () => {
	const references = [
		...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g),
	];
	expect(references.length).toBeGreaterThan(0);
	for (const [, name = ''] of references) expect(document.components.schemas).toHaveProperty(name);
});
