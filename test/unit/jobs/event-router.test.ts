import { createEventRouter, mostRouted, routeEveryMs } from '../../../sidecar/jobs/event-router';
import type { Log } from '../../../sidecar/monitoring/log';
import { movingClock } from '../../support/moving-clock';

/** Lets a router work until each of these was routed, null by another process. An error: it failed. */
async function routing(...rounds: Array<number | null | Error>) {
	const rests: number[] = [];
	const told: string[] = [];
	const left = [...rounds];
	let routedTimes = 0;
	const ended = Promise.withResolvers<void>();
	const note = (_: object, says: string) => told.push(says);
	const router = createEventRouter({
		deliveries: {
			route: async () => {
				const next = left.shift();
				if (next instanceof Error) throw next;
				if (left.length === 0) ended.resolve();
				return next ?? null;
			},
		},
		clock: {
			...movingClock(),
			sleep: async (ms) => {
				rests.push(ms);
			},
		},
		log: { info: note, warn: note } as unknown as Log,
		onRouted: () => {
			routedTimes += 1;
		},
	});
	router.start();
	await ended.promise;
	await router.stop();
	return { rests, told, routedTimes };
}

it('rests when there was little, and lets more gather the busier it is', async () => {
	const { rests } = await routing(0, 10, 60, 900, 0);
	expect(rests.slice(0, 4)).toEqual([routeEveryMs, routeEveryMs, 60, 250]);
});

it('goes on at once while there is more than one round takes', async () => {
	const { rests } = await routing(mostRouted, mostRouted, 60, 0);
	expect(rests[0]).toBe(60);
});

it('says that there may be deliveries when it or another process has made some', async () => {
	expect(await routing(0, 3, null, 0, 0)).toMatchObject({ routedTimes: 2 });
});

it('tells a trouble once, tries again after a rest, and tells when it is over', async () => {
	const { told, rests } = await routing(new Error('away'), new Error('away'), 0, 0);
	expect(told).toEqual([
		'events cannot be handed to their subscriptions now; nothing is lost',
		'events are handed to their subscriptions again',
	]);
	expect(rests.slice(0, 2)).toEqual([routeEveryMs, routeEveryMs]);
});
