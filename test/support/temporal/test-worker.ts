import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { withFolderLock } from '../../n8n/folder-lock.cjs';
import { groupEnded, killGroup, startGroup, stopGroup } from '../n8n/process-group';
import { isRunning } from '../n8n/running-processes.cjs';
import { currentRun } from '../n8n/shared-record';
import { ownTemporaryFolder } from '../n8n/temporary-folders.cjs';
import { until } from '../n8n/until';

export interface WorkerOptions {
	address: string;
	taskQueue: string;
	/** Default: `default`. */
	namespace?: string;
	/** File of the workflows. Default: those of test/support/temporal/team. */
	workflows?: string;
	/** File of the activities. Default: those of test/support/temporal/team. */
	activities?: string;
}

export interface TestWorker {
	readonly pid: number;
	log(): string;
	/** Ends it as a power cut would. */
	kill(): Promise<void>;
	/** Starts it again after `kill` or `stop`. */
	restart(): Promise<void>;
	stop(): Promise<void>;
}

const team = path.join(__dirname, 'team');
const script = path.join(__dirname, 'worker-process.ts');

/** A real worker in a process of its own, ready to take tasks. Throws with the end of its log. */
export async function startTestWorker(options: WorkerOptions): Promise<TestWorker> {
	const { address, taskQueue, namespace = 'default' } = options;
	const bundle = await bundleOf(options.workflows ?? path.join(team, 'workflows.ts'));
	const activities = options.activities ?? path.join(team, 'activities.ts');
	const logFile = path.join(ownTemporaryFolder('worker'), 'worker.log');
	const log = () => (existsSync(logFile) ? readFileSync(logFile, 'utf8') : '');
	const start = async () => {
		const from = log().length;
		const pid = await startGroup({
			program: process.execPath,
			args: [
				...['--require', '@swc-node/register', script],
				...[address, namespace, taskQueue, bundle, activities],
			],
			env: {
				PATH: process.env['PATH'] ?? '',
				TS_NODE_PROJECT: path.join(__dirname, '../../tsconfig.json'),
			},
			logFile,
			ownerPid: process.pid,
		});
		await until(
			`a worker of ${taskQueue} to run`,
			() => {
				if (!isRunning(pid)) throw new Error(`The worker ended while it started. ${log()}`);
				return (
					/Worker state changed.*RUNNING|state: 'RUNNING'/.test(log().slice(from)) || undefined
				);
			},
			{ deadlineMs: 90_000, explain: log },
		);
		return pid;
	};
	let pid = await start();
	return {
		get pid() {
			return pid;
		},
		log,
		kill: async () => {
			killGroup(pid);
			await groupEnded(pid);
		},
		restart: async () => {
			pid = await start();
		},
		stop: async () => await stopGroup(pid, 10_000),
	};
}

/** Bundled once a run: it takes some seconds. */
async function bundleOf(workflows: string): Promise<string> {
	const name = `${path.relative(path.join(__dirname, '../../..'), workflows).replaceAll(/\W+/g, '-')}`;
	const file = path.join(currentRun().folder, `${name}.bundle.js`);
	return await withFolderLock(`${file}.lock`, async () => {
		if (existsSync(file)) return file;
		const { code } = await bundleWorkflowCode({
			workflowsPath: workflows,
			logger: new DefaultLogger('WARN'),
		});
		writeFileSync(`${file}.part`, code);
		renameSync(`${file}.part`, file);
		return file;
	});
}
