import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { recordHistories } from './record-histories';

jest.setTimeout(600_000);

/** A change is found on purpose: what the core says of it is not looked for in the log. */
const quiet = { logging: { filter: 'off', forward: {} } };

const folder = path.join(__dirname, 'histories');
const bundle = path.join(
	__dirname,
	'../../../sidecar/dist/engines/temporal/orchestration/workflow-bundle.js',
);

// `RECORD_HISTORIES=1 npm test -- test/engines/temporal/replay` adds what the workflows do now. Those
// that are there stay, until no run that old can be under way anywhere.
beforeAll(async () => {
	if (process.env['RECORD_HISTORIES']) await recordHistories(folder);
	Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: quiet });
});
afterAll(async () => await Runtime.instance().shutdown());

const recorded = (prefix: string): Array<{ workflowId: string; history: unknown }> =>
	readdirSync(folder)
		.filter((name) => name.startsWith(prefix) && name.endsWith('.json'))
		.sort()
		.map((name) => ({
			workflowId: path.basename(name, '.json'),
			history: JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as unknown,
		}));

/** Why each history cannot be replayed; null where it can. */
async function replayed(workflowBundle: { codePath: string } | { code: string }, prefix = '') {
	const verdicts: Record<string, string | null> = {};
	for await (const { workflowId, error } of Worker.runReplayHistories(
		{ workflowBundle },
		recorded(prefix),
	)) {
		verdicts[workflowId] = error?.name ?? null;
	}
	return verdicts;
}

it('replays every recorded history with the workflows that are shipped', async () => {
	const verdicts = await replayed({ codePath: bundle });
	expect(Object.keys(verdicts)).toEqual(
		expect.arrayContaining(['run', 'fan-out-canceled', 'fan-out-continued-2']),
	);
	expect(Object.entries(verdicts).filter(([, error]) => error !== null)).toEqual([]);
});

it('finds a change that runs under way could not follow', async () => {
	const workflowBundle = await bundleWorkflowCode({
		workflowsPath: path.join(__dirname, 'changed/workflows.ts'),
		logger: new DefaultLogger('ERROR'),
	});
	expect(await replayed(workflowBundle, 'fan-out-that-fails')).toEqual({
		'fan-out-that-fails': 'DeterminismViolationError',
	});
});
