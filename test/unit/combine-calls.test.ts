import { type Settled, combineCalls } from '../../sidecar/kernel/combine-calls';

/** Batches that end when told. */
function opened(options: { most?: number } = {}) {
	const batches: Array<{
		key: string;
		calls: readonly number[];
		end(settled?: Array<Settled<string>>): void;
		fail(error: Error): void;
	}> = [];
	const call = combineCalls<number, string>(
		(key, calls) =>
			new Promise((resolve, reject) => {
				batches.push({
					key,
					calls,
					end: (settled = calls.map((each) => ({ answer: `${key}${each}` }))) => resolve(settled),
					fail: reject,
				});
			}),
		options,
	);
	const batch = (index: number) => {
		const found = batches[index];
		if (!found) throw new Error(`there is no batch ${index} yet`);
		return found;
	};
	return { call, batches, batch };
}

it('sends a first call at once and alone', async () => {
	const { call, batch } = opened();
	const answer = call('a', 1);
	expect(batch(0).calls).toEqual([1]);
	batch(0).end();
	expect(await answer).toBe('a1');
});

it('sends what came meanwhile together, in order, and answers each', async () => {
	const { call, batch, batches } = opened();
	const answers = [1, 2, 3, 4].map(async (each) => await call('a', each));
	expect(batches).toHaveLength(1);
	batch(0).end();
	await answers[0];
	expect(batch(1).calls).toEqual([2, 3, 4]);
	batch(1).end();
	expect(await Promise.all(answers)).toEqual(['a1', 'a2', 'a3', 'a4']);
});

it('answers nobody before the batch is done', async () => {
	const { call, batch } = opened();
	const first = call('a', 1);
	let isAnswered = false;
	const second = call('a', 2).then((answer) => {
		isAnswered = true;
		return answer;
	});
	batch(0).end();
	await first;
	expect(isAnswered).toBe(false);
	batch(1).end();
	expect(await second).toBe('a2');
});

it('does not let one key wait for another', async () => {
	const { call, batch } = opened();
	const slow = call('a', 1);
	const quick = call('b', 2);
	batch(1).end();
	expect(await quick).toBe('b2');
	batch(0).end();
	expect(await slow).toBe('a1');
});

it('fails only the call that was refused', async () => {
	const { call, batch } = opened();
	const first = call('a', 1);
	const second = call('a', 2);
	const third = call('a', 3);
	batch(0).end();
	await first;
	const refused = expect(second).rejects.toThrow('no');
	batch(1).end([{ error: new Error('no') }, { answer: 'yes' }]);
	await refused;
	expect(await third).toBe('yes');
});

it('fails a whole batch that could not be done, and goes on with the next', async () => {
	const { call, batch } = opened();
	const first = expect(call('a', 1)).rejects.toThrow('database away');
	const second = call('a', 2);
	batch(0).fail(new Error('database away'));
	await first;
	batch(1).end();
	expect(await second).toBe('a2');
});

it('never leaves a call without an answer', async () => {
	const { call, batch } = opened();
	const answer = expect(call('a', 1)).rejects.toThrow(/without answer/);
	batch(0).end([]);
	await answer;
});

it('makes batches no bigger than said', async () => {
	const { call, batch } = opened({ most: 2 });
	const answers = [1, 2, 3, 4].map(async (each) => await call('a', each));
	batch(0).end();
	await answers[0];
	expect(batch(1).calls).toEqual([2, 3]);
	batch(1).end();
	await answers[2];
	batch(2).end();
	await answers[3];
	expect(() => opened({ most: 0 })).toThrow(/at least 1/);
});
