/** The team has deployed another version, without a thought for what runs. */
import { condition, defineSignal, setHandler, sleep } from '@temporalio/workflow';

export async function changing(): Promise<string> {
	let released = false;
	setHandler(defineSignal('release'), () => {
		released = true;
	});
	await condition(() => released);
	await sleep(1);
	return 'next version';
}
