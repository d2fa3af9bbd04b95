import { startSidecar } from '../support/sidecar/sidecar-process';
import { underLoad } from './load';
import { heldTo } from './held-to';
import type { Result } from './start-up';

/** Permits of one closed circuit over HTTP on the embedded Postgres, 50 at once. */
export async function circuits(): Promise<Result[]> {
	const sidecar = await startSidecar();
	try {
		const load = {
			url: sidecar.url,
			token: sidecar.token,
			path: '/api/v1/circuits/bench/permits',
			body: {},
			atOnce: 50,
			warmUpMs: 2_000,
			forMs: 6_000,
		};
		const steady = await underLoad({ ...load, perSecond: 1_000 });
		const full = await underLoad(load);
		return [
			...heldTo('circuit permit over HTTP, 50 connections, 1,000 a second', steady),
			...heldTo(`circuit permit over HTTP, 50 always under way (${full.perSecond}/s)`, full),
		];
	} finally {
		await sidecar.stop();
	}
}
