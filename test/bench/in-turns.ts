import { rounded } from './load';

const rounds = 9;

export interface Round {
	p50: number;
	perSecond: number;
}

type Ask = () => Promise<void>;

/** Call by call, so that each moment of the machine meets both; who is first changes. */
export async function callByCall(direct: Ask, ours: Ask, count: number) {
	const times = { direct: [] as number[], ours: [] as number[] };
	for (let nth = 0; nth < count; nth += 1) {
		const pair = [
			{ ask: direct, took: times.direct },
			{ ask: ours, took: times.ours },
		];
		for (const { ask, took } of nth % 2 === 0 ? pair : pair.reverse()) took.push(await timed(ask));
	}
	return { direct: middleOf(times.direct), ours: middleOf(times.ours) };
}

/** Round by round, so that a busy moment of the machine meets both. */
export async function inTurns(direct: Ask, ours: Ask, count: number, concurrency: number) {
	const pairs: Array<{ direct: Round; ours: Round }> = [];
	for (let nth = 0; nth < rounds; nth += 1) {
		pairs.push({
			direct: await measure(direct, count, concurrency),
			ours: await measure(ours, count, concurrency),
		});
	}
	return pairs;
}

export async function measure(ask: Ask, count: number, concurrency: number): Promise<Round> {
	const times: number[] = [];
	let left = count;
	const began = performance.now();
	await Promise.all(
		Array.from({ length: concurrency }, async () => {
			while (left > 0) {
				left -= 1;
				times.push(await timed(ask));
			}
		}),
	);
	const seconds = (performance.now() - began) / 1000;
	return { p50: middleOf(times), perSecond: rounded(count / seconds) };
}

async function timed(ask: Ask): Promise<number> {
	const began = performance.now();
	await ask();
	return performance.now() - began;
}

function middleOf(times: number[]): number {
	times.sort((one, other) => one - other);
	return rounded(times[Math.floor(times.length / 2)] ?? Infinity);
}

export function middle<Pair>(
	pairs: Pair[],
	ratioOf: (pair: Pair) => number,
): { pair: Pair; ratio: number } {
	const sorted = pairs
		.map((pair) => ({ pair, ratio: ratioOf(pair) }))
		.sort((one, other) => one.ratio - other.ratio);
	const found = sorted[Math.floor(sorted.length / 2)];
	if (!found) throw new Error('nothing was measured');
	return found;
}
