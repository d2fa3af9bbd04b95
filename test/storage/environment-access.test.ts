import { randomBytes } from 'node:crypto';
import {
	connectionOf,
	engineMemory,
	openAccess,
	resealEnvironments,
	sealAccess,
} from '../../sidecar/environments/access';
import { defaultDeadLetterRules, type Environment } from '../../sidecar/environments/environment';
import { createSealing } from '../../sidecar/environments/sealing';
import { createEnvironmentStore } from '../../sidecar/storage/environment-store';
import { type FreshDatabase, freshDatabase } from '../support/postgres/fresh-database';

let database: FreshDatabase;

beforeAll(async () => {
	database = await freshDatabase();
});
afterAll(async () => {
	await database.drop();
});

const formerKey = randomBytes(32);
const newKey = randomBytes(32);
const former = createSealing([formerKey]);
const both = createSealing([newKey, formerKey]);
const onlyNew = createSealing([newKey]);
const secrets = { apiKey: 'hunter2', oauth2: null };

const environmentNamed = (name: string): Environment => ({
	name,
	engine: 'n8n',
	baseUrl: 'http://127.0.0.1:5678',
	stage: 10,
	protected: false,
	deadLetters: defaultDeadLetterRules,
	sealedAccess: sealAccess(former, name, secrets),
	access: { apiKey: true, oauth2: false },
	createdAt: new Date('2031-04-01T12:00:00Z'),
	updatedAt: new Date('2031-04-01T12:00:00Z'),
});

it('opens the access of an environment for its connection', () => {
	expect(connectionOf(former, environmentNamed('dev'))).toEqual({
		environment: 'dev',
		engine: 'n8n',
		baseUrl: 'http://127.0.0.1:5678',
		...secrets,
	});
});

it('does not open the access of one environment in the row of another', () => {
	const stolen = { ...environmentNamed('dev'), name: 'production' };
	expect(() => openAccess(former, stolen)).toThrow(/production\/access/);
});

it('remembers for an engine, sealed', async () => {
	const store = createEnvironmentStore(database.pool);
	await store.put(environmentNamed('dev'));
	const memory = engineMemory(store, former, 'dev');
	expect(await memory.load()).toBeNull();
	await memory.save({ runnerKey: 'hunter2' });
	expect(await memory.load()).toEqual({ runnerKey: 'hunter2' });
	expect(await store.loadMemory('dev')).not.toContain('hunter2');
	// What the engine remembers outlives a change of the environment.
	await store.put(environmentNamed('dev'));
	expect(await memory.load()).toEqual({ runnerKey: 'hunter2' });
	await expect(engineMemory(store, former, 'gone').save({})).rejects.toMatchObject({
		code: 'environment_not_found',
	});
});

it('puts everything under a new key, after which the former one is not needed', async () => {
	const store = createEnvironmentStore(database.pool);
	await store.put(environmentNamed('production'));
	expect(await resealEnvironments(store, both)).toEqual({
		changed: ['dev', 'production'],
		unreadable: [],
	});
	expect(await resealEnvironments(store, both)).toEqual({ changed: [], unreadable: [] });
	for (const environment of await store.list()) {
		expect(openAccess(onlyNew, environment)).toEqual(secrets);
		expect(environment.updatedAt).toEqual(new Date('2031-04-01T12:00:00Z'));
	}
	expect(await engineMemory(store, onlyNew, 'dev').load()).toEqual({ runnerKey: 'hunter2' });
});

it('goes on without the key of an environment, which can then be registered again', async () => {
	const store = createEnvironmentStore(database.pool);
	const lost = createSealing([randomBytes(32)]);
	expect(await resealEnvironments(store, lost)).toEqual({
		changed: [],
		unreadable: ['dev', 'production'],
	});
	expect(await engineMemory(store, lost, 'dev').load()).toBeNull();
});
