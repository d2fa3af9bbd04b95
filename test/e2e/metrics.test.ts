import { freshDatabase, type FreshDatabase } from '../support/postgres/fresh-database';
import { startSidecar, type SidecarProcess } from '../support/sidecar/sidecar-process';

let database: FreshDatabase;
let sidecar: SidecarProcess;

beforeAll(async () => {
	database = await freshDatabase();
	sidecar = await startSidecar({ databaseUrl: database.connectionString });
});

afterAll(async () => {
	await sidecar?.stop();
	await database?.drop();
});

it('shows dead letters by environment, class and state', async () => {
	// Nothing listens there: letters are taken in all the same.
	const environment = { engine: 'n8n', baseUrl: 'http://127.0.0.1:1', apiKey: 'k', stage: 'dev' };
	await sidecar.api('/environments/dev', { method: 'PUT', body: environment });
	for (const message of ['one', 'two']) {
		const letter = { origin: 'api', workflowId: 'w', error: { message, httpStatus: 429 } };
		await sidecar.api('/dead-letters', { body: { environment: 'dev', ...letter } });
	}
	const { body } = await sidecar.api<string>('//metrics');
	expect(body).toContain(
		'orchestration_dead_letters{environment="dev",class="quota",state="waiting"} 2',
	);
});
