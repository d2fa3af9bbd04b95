import { type Measured, rounded } from './load';
import type { Result } from './start-up';

const p50Ms = 5;
const p99Ms = 25;

/** Times that have a goal instead of a peer. */
export function heldTo(name: string, { p50, p99 }: Measured): Result[] {
	const row = (which: string, ours: number, most: number): Result => ({
		name: `${name}: ${which} (peer: the goal)`,
		ours,
		peer: most,
		unit: 'ms',
		ratio: rounded(ours / most),
		goal: `ours < ${most} ms`,
		pass: ours < most,
	});
	return [row('p50', p50, p50Ms), row('p99', p99, p99Ms)];
}
