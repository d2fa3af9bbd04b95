import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import openapiTS, { astToString } from 'openapi-typescript';
import { compose } from '../../../sidecar/compose';
import { readConfig } from '../../../sidecar/config';
import { createLog } from '../../../sidecar/monitoring/log';
import { createPool } from '../../../sidecar/storage/pool';

/** The console's view of the REST API, from the document the code serves. Asks no database. */
export async function apiTypes(): Promise<string> {
	const log = createLog({ level: 'silent' });
	const pool = createPool('postgres://127.0.0.1/nowhere', { log });
	const config = { ...readConfig({}), encryptionKeys: [Buffer.alloc(32)] };
	const { app } = compose(config, pool, log, {
		version: '0.0.0',
	});
	const server = createServer(app).listen(0, '127.0.0.1');
	await once(server, 'listening');
	try {
		const { port } = server.address() as AddressInfo;
		const document = await (await fetch(`http://127.0.0.1:${port}/openapi.json`)).text();
		const types = astToString(await openapiTS(document, { alphabetize: true }));
		return `// Made by \`npm run types\` from the OpenAPI document of the sidecar.\n\n${types}`;
	} finally {
		server.close();
		server.closeAllConnections();
		await pool.end();
	}
}
