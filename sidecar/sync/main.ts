import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readSyncConfig } from '../config';
import { isOrchestrationError, OrchestrationError } from '../kernel/errors';
import { exportEnvironment } from './export-environment';
import { importFolder } from './import-folder';
import { planImport, planText } from './import-plan';
import { sidecarApi, type SidecarApi } from './sidecar-api';
import { removeFile } from './sync-folder';

const usage = `usage: sync export --environment <name> --folder <folder> [--message <why>]
       sync import --environment <name> --folder <folder> [--message <why>] [--yes]

  export  every workflow of the environment into the folder, one file each
  import  shows what it would change; with --yes writes drafts and keeps versions

  --url   the sidecar; default ORCHESTRATION_URL, else http://127.0.0.1:5680
  ORCHESTRATION_TOKEN  an access token of it with the role operator`;

interface Wanted {
	command: 'export' | 'import';
	environment: string;
	folder: string;
	message: string | undefined;
	url: string | undefined;
	yes: boolean;
}

/** @returns the exit code: 0 done, 1 not all done, 2 there is something to do and --yes was not given */
async function run({ command, url, yes, ...request }: Wanted): Promise<number> {
	const { environment, folder } = request;
	const connection = readSyncConfig();
	const api = sidecarApi({ ...connection, ...(url === undefined ? {} : { url }) });
	if (command === 'export') {
		await exported(api, request);
		return 0;
	}
	const plan = await planImport(api, { environment, folder });
	say(planText(plan));
	if (plan.files.every(({ action }) => action === 'none')) return 0;
	if (!yes) {
		say('Nothing was written. Do it with --yes.');
		return 2;
	}
	const { done, failed } = await importFolder(api, plan, request);
	say(`${done.length} written as drafts, nothing published`);
	for (const each of failed) say(`not done: ${each}`);
	// Under the key that it has got, the export writes what is new.
	for (const each of plan.files) {
		if (each.action === 'create' && done.includes(each.file))
			await removeFile(join(folder, each.file));
	}
	if (failed.length > 0) return 1;
	await exported(api, request);
	return 0;
}

async function exported(api: SidecarApi, request: Parameters<typeof exportEnvironment>[1]) {
	const { written, removed, unchanged } = await exportEnvironment(api, request);
	for (const file of written) say(`wrote ${file}`);
	for (const file of removed) say(`removed ${file}`);
	say(`${written.length} written, ${removed.length} removed, ${unchanged} unchanged`);
}

function say(line: string): void {
	process.stdout.write(`${line}\n`);
}

/** @throws invalid_request */
function wantedFrom(args: string[]): Wanted {
	const { values, positionals } = parseArgs({
		args,
		allowPositionals: true,
		options: {
			environment: { type: 'string' },
			folder: { type: 'string' },
			message: { type: 'string' },
			url: { type: 'string' },
			yes: { type: 'boolean', default: false },
		},
	});
	const [command] = positionals;
	const { environment, folder, message, url, yes } = values;
	if ((command !== 'export' && command !== 'import') || !environment || !folder) {
		throw new OrchestrationError('invalid_request', usage);
	}
	return { command, environment, folder: resolve(folder), message, url, yes };
}

Promise.resolve()
	.then(async () => await run(wantedFrom(process.argv.slice(2))))
	.then(
		(code) => {
			process.exitCode = code;
		},
		(error: unknown) => {
			const expected =
				isOrchestrationError(error) || (error instanceof TypeError && 'code' in error);
			process.stderr.write(`${expected ? error.message : String(error)}\n`);
			process.exitCode = 1;
		},
	);
