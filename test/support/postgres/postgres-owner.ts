/**
 * A process that does of a sidecar only what concerns the embedded Postgres. Argument: data folder.
 * Writes one line of JSON: {connectionString} or {code, message}. SIGTERM stops it, SIGINT does not.
 */
import { startEmbeddedPostgres } from '../../../sidecar/storage/embedded-postgres/start-embedded-postgres';
import { isOrchestrationError } from '../../../sidecar/kernel/errors';
import { quietLog } from './quiet-log';

process.on('SIGINT', () => undefined);

startEmbeddedPostgres({ dataDir: String(process.argv[2]), log: quietLog() }).then(
	({ connectionString, stop }) => {
		process.on('SIGTERM', () => void stop());
		console.log(JSON.stringify({ connectionString }));
	},
	(error: unknown) => {
		const code = isOrchestrationError(error) ? error.code : 'unexpected';
		console.log(JSON.stringify({ code, message: String(error) }));
	},
);
