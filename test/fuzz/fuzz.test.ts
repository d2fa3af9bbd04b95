import { readFileSync } from 'node:fs';
import path from 'node:path';
import { statusOf } from '../../sidecar/http/problem';
import type { Problem } from '../../sidecar/contract/problem';
import { sharedN8n } from '../support/n8n/shared-n8n';
import { createWorkflow } from '../support/n8n/workflow-runs';
import { webhookWorkflow } from '../support/n8n/workflows';
import { freshDatabase, type FreshDatabase } from '../support/postgres/fresh-database';
import { seededRandom } from '../support/seeded-random';
import { operatorOf } from '../support/sidecar/operator';
import { startSidecar, type SidecarProcess } from '../support/sidecar/sidecar-process';
import { mutated } from './mutate-request';
import { diceOf } from './odd-values';
import { type RawAnswer, type RawRequest, sendRaw } from './raw-request';
import { seedsOf } from './seeds';
import { type ApiDocument, validRequests, type ValidRequest } from './valid-requests';

/** FUZZ_REQUESTS and FUZZ_SEED: the long form, and one that failed again. */
const requests = Number(process.env['FUZZ_REQUESTS'] ?? 2_500);
const seed = Number(process.env['FUZZ_SEED'] ?? 20_310_401);
const atOnce = 6;
const bodyLimit = 200_000;
/** Of one request, on any machine. */
const deadlineMs = 60_000;

jest.setTimeout(120_000 + requests * 120);

const plantedSecrets = {
	endpoint: 'planted-endpoint-secret-5b1f0c7e',
	channel: 'planted-channel-secret-1c9a77d2',
	header: 'planted-header-secret-77aa01be',
};

let database: FreshDatabase;
let sidecar: SidecarProcess;
let tokens: Array<string | null>;
let secrets: string[];
let valid: ValidRequest[];

beforeAll(async () => {
	database = await freshDatabase();
	const n8n = await sharedN8n('dev');
	sidecar = await startSidecar({
		databaseUrl: database.connectionString,
		env: { LOG_LEVEL: 'debug', ORCHESTRATION_BODY_LIMIT: String(bodyLimit) },
	});
	const operator = operatorOf(sidecar);
	for (const name of ['dev', 'production']) await operator.register(name, n8n);
	const workflow = await createWorkflow(
		n8n,
		webhookWorkflow({ name: `Fuzz ${database.connectionString.slice(-8)}`, path: 'fuzz' }),
	);
	const seeds = await seedsOf(sidecar, workflow.id, n8n, plantedSecrets);
	const { body: document } = await sidecar.api<ApiDocument>('//openapi.json');
	valid = validRequests(document, seeds);
	const issued = await Promise.all(
		[
			{ role: 'viewer' },
			{ role: 'operator' },
			{ role: 'admin' },
			{ role: 'node', environment: 'dev' },
			{ role: 'operator', environment: 'dev' },
		].map(async (wanted) => {
			const body = { name: 'fuzz', ...wanted };
			return (await sidecar.api<{ token: string }>('/tokens', { body })).body.token;
		}),
	);
	// Most requests must come as far as the routes.
	tokens = [...issued, ...issued, sidecar.token, sidecar.token, sidecar.token, null];
	secrets = [
		...Object.values(plantedSecrets),
		...issued,
		sidecar.token,
		n8n.apiKey,
		readFileSync(path.join(sidecar.dataDir, 'encryption.key'), 'utf8').trim(),
		new URL(database.connectionString).password,
	].filter((secret) => secret.length > 0);
});
afterAll(async () => {
	await sidecar?.stop();
	await database?.drop();
});

/** Of our own code: what of theirs is echoed is theirs. */
const inside = /\n\s+at |node_modules|sidecar\/dist|\.js:\d+:\d+/;

/** Where n8n does not take what came through us; the caller is told so, it is no fault of ours. */
const ofTheEngine = /^(engine_\w+|workflow_not_settled|promotion_not_live)$/;

function faultsOf(request: RawRequest, answer: RawAnswer): string[] {
	const faults: string[] = [];
	const leaked = secrets.filter((secret) => answer.text.includes(secret));
	if (leaked.length > 0) faults.push(`tells a secret: ${leaked.join(', ')}`);
	const internal = inside.exec(answer.text);
	if (internal) faults.push(`tells what is inside: ${JSON.stringify(internal[0])}`);
	if (answer.status === 0) {
		if (!request.hangsUp) faults.push('closed without an answer');
		return faults;
	}
	if (answer.status < 400 || request.method === 'HEAD') {
		if (answer.status >= 500) faults.push(`answers ${answer.status}`);
		return faults;
	}
	return [...faults, ...problemFaults(answer)];
}

function problemFaults({ status, headers, body }: RawAnswer): string[] {
	if (headers['content-type'] !== 'application/problem+json; charset=utf-8') {
		if (headers['content-type'] !== 'application/problem+json') {
			return [`answers ${status} as ${headers['content-type'] ?? 'nothing'}`];
		}
	}
	const problem = parsed(body);
	if (problem === null) return [`answers ${status} with a body that is no JSON: ${body}`];
	const { code, detail } = problem;
	if (!Object.hasOwn(statusOf, code)) return [`answers the unknown code ${code}`];
	if (statusOf[code as keyof typeof statusOf] !== status) return [`answers ${code} as ${status}`];
	if (status >= 500 && !ofTheEngine.test(code)) return [`answers ${status} ${code}: ${detail}`];
	return [];
}

function parsed(text: string): Problem | null {
	try {
		return JSON.parse(text) as Problem;
	} catch {
		return null;
	}
}

const shown = ({ method, target, headers, body, done }: RawRequest) =>
	[
		`${method} ${target.slice(0, 300)} [${done.join('; ')}]`,
		...headers
			.filter(([name]) => name !== 'Authorization')
			.slice(0, 5)
			.map((pair) => pair.join(': ').slice(0, 99)),
		body?.toString('utf8').slice(0, 600) ?? '',
	].join('\n');

it(`takes ${requests} requests that are wrong in some way (FUZZ_SEED=${seed})`, async () => {
	const dice = diceOf(seededRandom(seed));
	const made = Array.from({ length: requests }, (_, nth) => {
		const request = valid[nth % valid.length];
		if (!request) throw new Error('the document has no operation');
		return mutated(request, dice.pick(tokens), dice, bodyLimit);
	});
	const statuses = new Map<number, number>();
	const faults: string[] = [];
	const left = made.values();
	const sender = async () => {
		for (const request of left) {
			const answer = await sendRaw(sidecar.port, request, deadlineMs);
			statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
			for (const fault of faultsOf(request, answer)) faults.push(`${fault}\n${shown(request)}`);
		}
	};
	await Promise.all(Array.from({ length: atOnce }, sender));
	if (process.env['FUZZ_REQUESTS']) console.log([...statuses].sort(), faults.length);
	expect(faults.slice(0, 25)).toEqual([]);
	// Not only the outermost doors were tried.
	for (const status of [200, 400, 403, 404, 405, 413, 415]) {
		expect([status, statuses.get(status) ?? 0]).toEqual([status, expect.any(Number)]);
		expect(statuses.get(status) ?? 0).toBeGreaterThan(0);
	}
});

it('lives on, ready, with nothing lost', async () => {
	expect((await sidecar.api('//readyz')).status).toBe(200);
	const { body } = await sidecar.api<{ data: Array<{ imbalance: number }> }>('/conservation');
	expect(body.data.map(({ imbalance }) => imbalance)).toEqual([0, 0, 0, 0]);
});

it('writes neither a secret nor an error nobody foresaw into its log', () => {
	const lines = sidecar.log().split('\n');
	const secretLines = lines.filter((line) => secrets.some((secret) => line.includes(secret)));
	expect(secretLines.slice(0, 5)).toEqual([]);
	expect(lines.filter((line) => line.includes('nobody foresaw')).slice(0, 5)).toEqual([]);
	const internal = lines.filter((line) => /\\n\s+at |node_modules|sidecar\/dist/.test(line));
	expect(internal.slice(0, 5)).toEqual([]);
});
