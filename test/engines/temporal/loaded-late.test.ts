import { rmSync } from 'node:fs';
import path from 'node:path';
import { readIfThere } from '../../n8n/folder-lock.cjs';
import { ownTemporaryFolder } from '../../support/n8n/temporary-folders.cjs';
import { until } from '../../support/n8n/until';
import { freshDatabase } from '../../support/postgres/fresh-database';
import { startSidecar } from '../../support/sidecar/sidecar-process';
import { sharedTemporal } from '../../support/temporal/temporal-server';

jest.setTimeout(180_000);

const preload = path.join(__dirname, '../../support/temporal/tell-loaded.cjs');

test('a sidecar loads no package of Temporal before it has to speak with one', async () => {
	const [{ address }, database] = await Promise.all([sharedTemporal(), freshDatabase()]);
	const file = path.join(ownTemporaryFolder('loaded'), 'loaded.json');
	const sidecar = await startSidecar({
		databaseUrl: database.connectionString,
		env: { NODE_OPTIONS: `--require ${preload}`, TELL_LOADED: file },
	});
	const loaded = async () => {
		rmSync(file, { force: true });
		process.kill(sidecar.pid, 'SIGUSR2');
		const text = await until('the sidecar to tell', () => readIfThere(file));
		return JSON.parse(text) as string[];
	};
	try {
		const n8n = { engine: 'n8n', baseUrl: 'http://127.0.0.1:1', apiKey: 'key', stage: 'dev' };
		await sidecar.api('/environments/n8n', { method: 'PUT', body: n8n });
		await sidecar.api('/environments/n8n/check', { method: 'POST' });
		expect(await loaded()).toEqual([]);
		const temporal = { engine: 'temporal', baseUrl: `http://${address}`, stage: 'dev' };
		await sidecar.api('/environments/temporal', { method: 'PUT', body: temporal });
		await sidecar.api('/environments/temporal/check', { method: 'POST' });
		const afterwards = await loaded();
		expect(afterwards.some((module) => module.includes('@temporalio/client'))).toBe(true);
		// What runs workflows, with its native code and bundler, belongs to the worker.
		expect(afterwards.filter((module) => /@temporalio\/(worker|core-bridge)/.test(module))).toEqual(
			[],
		);
	} finally {
		await sidecar.stop();
		await database.drop();
	}
});
