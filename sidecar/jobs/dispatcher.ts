import { leaseMs } from '../executions/dispatch-ports';
import type { ExecutionClaim } from '../executions/execution-store';
import { giveUpOverdue } from '../executions/give-up-overdue';
import { lookAfter } from '../executions/look-after';
import { performExecution, type PerformPorts } from '../executions/perform-execution';
import type { StartPorts } from '../executions/start-at-once';
import type { Log } from '../monitoring/log';

/** Sends what is queued and looks after what is under way. Every replica runs one. */
export interface Dispatcher {
	/** There is work now: does not wait for the next round. */
	nudge(): void;
	/** As `nudge`, where there is a place for it; else it is seen when one gets free. */
	onQueued(environments: string[]): void;
	/** For what is claimed as it is accepted. */
	atOnce: Pick<StartPorts, 'takePlace' | 'givePlaceBack' | 'send'>;
	start(): void;
	/** Takes nothing more, waits a little for what is under way and leaves the rest to others. */
	stop(): Promise<void>;
}

/** Longest pause between two rounds, in milliseconds: what another replica accepted is seen by then. */
export const idleMs = 1_000;
const looksAtOnce = 10;
/** A new environment is tried with this many at first. */
const firstSlots = 4;

export function createDispatcher(
	ports: PerformPorts & { log: Log; stopWithinMs?: number },
): Dispatcher {
	const { executions, clock, owner, pace, log } = ports;
	const sending = new Set<Promise<void>>();
	const looking = new Set<Promise<void>>();
	let wake: () => void = () => undefined;
	let isNudged = false;
	/** Something due may wait for the place that gets free. */
	let isBehind = true;
	/** A place got free since the last claim began. */
	let hasFreed = false;
	let isStopping = false;
	let loop: Promise<void> | null = null;
	const over = new AbortController();

	const nudge = () => {
		isNudged = true;
		wake();
	};
	const performing: PerformPorts = {
		...ports,
		// What is not over comes up again, perhaps before the next round; a place in a group goes on.
		onStep: (execution, step, at) => {
			if ('at' in step || 'lookAt' in step || execution.groupId !== null) nudge();
			ports.onStep(execution, step, at);
		},
	};
	const track = (where: Set<Promise<void>>, what: string, work: () => Promise<void>) => {
		const tracked: Promise<void> = work()
			.catch((error: unknown) => {
				// Its lease runs out, and the engine is asked what became of it.
				log.error({ err: error }, what);
			})
			.finally(() => {
				where.delete(tracked);
				hasFreed = true;
				if (isBehind) nudge();
			});
		where.add(tracked);
	};

	const send = (claim: ExecutionClaim) => {
		track(sending, 'an execution could not be written down', async () => {
			await performExecution(performing, claim);
		});
	};

	/** What comes while we ask is not forgotten. */
	const askWhetherDue = async () => {
		if (await executions.isDue()) isBehind = true;
	};
	const round = async (): Promise<void> => {
		if (!isBehind) await askWhetherDue();
		if (!isBehind) return;
		hasFreed = false;
		const slots = new Map(pace.known().map((name) => [name, pace.free(name)]));
		const { newTraceparent } = ports;
		const order = { owner, ttlMs: leaseMs, slots, otherwise: firstSlots, newTraceparent };
		const claims = await executions.claim(order);
		for (const claim of claims) {
			pace.begin(claim.execution.environment);
			send(claim);
		}
		if (claims.length > 0) return;
		isBehind = false;
		await askWhetherDue();
		if (isBehind && hasFreed) nudge();
	};
	const look = async (): Promise<void> => {
		const free = looksAtOnce - looking.size;
		if (free <= 0) return;
		const each = async (
			claims: ExecutionClaim[],
			work: (claim: ExecutionClaim) => Promise<void>,
		) => {
			for (const claim of claims) {
				track(looking, 'an execution could not be looked at', async () => await work(claim));
			}
		};
		const looks = await executions.claimLooks(owner, leaseMs, free);
		await each(looks, async (claim) => await lookAfter(performing, claim));
		const overdue = await executions.claimOverdue(owner, leaseMs, free);
		await each(overdue, async (claim) => await giveUpOverdue(performing, claim));
	};
	/** @returns whether the time came: somebody may have to be looked at */
	const pause = async (): Promise<boolean> => {
		const next = await executions.nextIn();
		if (isNudged || isStopping) return false;
		const ms = Math.min(idleMs, Math.max(next ?? idleMs, 20));
		const enough = new AbortController();
		const nudged = new Promise<void>((resolve) => (wake = resolve));
		const either = AbortSignal.any([over.signal, enough.signal]);
		await Promise.race([nudged, clock.sleep(ms, either).catch(() => undefined)]);
		enough.abort('enough');
		return !isNudged;
	};
	const run = async (): Promise<void> => {
		let lookedAt = 0;
		let isTime = true;
		while (!isStopping) {
			try {
				isNudged = false;
				await round();
				const now = clock.now().getTime();
				// Looks do not hold up what is to be sent.
				if (isTime || now - lookedAt > 200) {
					lookedAt = now;
					await look();
				}
				isTime = !isNudged && (await pause());
			} catch (error) {
				log.error({ err: error }, 'a round of the dispatcher failed and is tried again');
				await clock.sleep(idleMs, over.signal).catch(() => undefined);
			}
		}
	};
	const renew = async (): Promise<void> => {
		while (!over.signal.aborted) {
			await clock.sleep(leaseMs / 4, over.signal).catch(() => undefined);
			if (sending.size === 0) continue;
			// A missed renewal is made up by the next one.
			await executions.renew(owner, leaseMs).catch(() => undefined);
		}
	};
	return {
		nudge,
		onQueued: (environments) => {
			isBehind = true;
			if (environments.some((name) => pace.free(name) > 0)) nudge();
		},
		atOnce: {
			takePlace: (environment) => {
				if (loop === null || isStopping || pace.free(environment) <= 0) return false;
				pace.begin(environment);
				return true;
			},
			givePlaceBack: (environment) => pace.release(environment),
			send,
		},
		start: () => {
			loop ??= Promise.all([run(), renew()]).then(() => undefined);
		},
		stop: async () => {
			isStopping = true;
			nudge();
			const enough = new AbortController();
			const patience = clock
				.sleep(ports.stopWithinMs ?? 3_000, enough.signal)
				.catch(() => undefined);
			await Promise.race([Promise.all([...sending, ...looking]), patience]);
			enough.abort();
			over.abort();
			await loop;
			// What is left is taken over at once, not when its lease runs out.
			if (sending.size > 0) await executions.renew(owner, 0).catch(() => undefined);
		},
	};
}
