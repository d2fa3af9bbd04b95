/**
 * A worker in a process of its own, so that a test can kill it:
 * `node -r @swc-node/register worker-process.ts <address> <namespace> <task queue> <bundle> <activities>`
 */
import { NativeConnection, Runtime, Worker } from '@temporalio/worker';

async function main([address, namespace, taskQueue, codePath, activities]: string[]) {
	Runtime.install({ shutdownSignals: ['SIGTERM'] });
	const connection = await NativeConnection.connect({ address });
	const worker = await Worker.create({
		connection,
		namespace,
		taskQueue: taskQueue as string,
		workflowBundle: { codePath: codePath as string },
		activities: (await import(activities as string)) as object,
		// Whoever takes over from a killed worker waits this long for it. Default: 10 s.
		stickyQueueScheduleToStartTimeout: '1s',
	});
	await worker.run();
	await connection.close();
}

main(process.argv.slice(2)).then(
	() => process.exit(0),
	(error) => {
		console.error(error);
		process.exit(1);
	},
);
