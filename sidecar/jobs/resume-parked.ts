import type { Clock } from '../kernel/clock';
import type { Log } from '../monitoring/log';
import { after, type Lane, openLane, room } from '../parking/lane';
import type { Parked } from '../parking/parked';
import { wake, type Woken, type WakePorts } from '../parking/wake';

export interface ResumeDependencies extends WakePorts {
	clock: Clock;
	log: Log;
	/** Names this process in leases. */
	owner: string;
	/** Most executions of one environment woken at once by this process. */
	atOnce: number;
	/** After each attempt. */
	onAttempt(parked: Parked, woken: Woken): void;
}

/** Wakes what is parked at its time; every process of the fleet runs one. */
export interface ResumeService {
	start(): void;
	/** Something new may be due. */
	look(): void;
	/** Begins no more and waits for what is under way, for a while. A second call waits for the first. */
	stop(): Promise<void>;
}

/** What other processes park is seen at the latest after this time. In milliseconds. */
export const pollMs = 500;
/** A process that was killed holds up what it was waking for so long. */
export const leaseMs = 15_000;
const stopWithinMs = 2_000;

export function resumeParked(dependencies: ResumeDependencies): ResumeService {
	const { parked, clock, log, owner, atOnce } = dependencies;
	const lanes = new Map<string, Lane>();
	const underWay = new Map<string, Promise<void>>();
	let rest = new AbortController();
	let running: Promise<void> | null = null;
	let isStopping = false;
	let renewedAt = 0;

	const now = () => clock.now().getTime();
	const laneOf = (environment: string): Lane => lanes.get(environment) ?? openLane;
	const look = () => {
		rest.abort();
	};

	const attempt = async (one: Parked): Promise<void> => {
		const began = now();
		let isAway = false;
		try {
			const woken = await wake(dependencies, one);
			({ isAway } = woken);
			tell(log, one, woken, laneOf(one.environment).away);
			dependencies.onAttempt(one, woken);
		} catch (error) {
			// The lease runs out, and then it is tried again.
			log.error({ parked: one.id, err: error }, 'a parked execution could not be woken');
		}
		const facts = { tookMs: now() - began, isAway, now: now() };
		lanes.set(one.environment, after(laneOf(one.environment), facts, { most: atOnce }));
		underWay.delete(one.id);
		look();
	};

	const fill = async (environment: string): Promise<void> => {
		const free = room(laneOf(environment), now(), { most: atOnce });
		if (free === 0) return;
		const claimed = await parked.claim(environment, { owner, leaseMs, limit: free });
		for (const one of claimed) {
			const lane = laneOf(environment);
			lanes.set(environment, { ...lane, underWay: lane.underWay + 1 });
			underWay.set(one.id, attempt(one));
		}
	};

	/** @returns milliseconds to the next thing to do */
	const round = async (): Promise<number> => {
		if (underWay.size > 0 && now() - renewedAt > leaseMs / 3) {
			renewedAt = now();
			await parked.renew([...underWay.keys()], owner, leaseMs);
		}
		let restMs = pollMs;
		for (const { environment, inMs } of await parked.upcoming()) {
			const lane = laneOf(environment);
			// A lane that is full is looked at again when one of it is done.
			if (inMs > 0) restMs = Math.min(restMs, Math.ceil(inMs));
			else if (lane.closedUntil > now()) restMs = Math.min(restMs, lane.closedUntil - now());
			else await fill(environment);
		}
		return restMs;
	};

	const run = async (): Promise<void> => {
		while (!isStopping) {
			rest = new AbortController();
			let restMs = pollMs;
			try {
				restMs = await round();
			} catch (error) {
				log.error({ err: error }, 'parked executions cannot be looked for; tried again soon');
			}
			await clock.sleep(restMs, rest.signal).catch(() => undefined);
		}
	};

	return {
		start: () => {
			running ??= run();
		},
		look,
		stop: async () => {
			isStopping = true;
			look();
			await running;
			const patience = new AbortController();
			const enough = clock.sleep(stopWithinMs, patience.signal).catch(() => undefined);
			await Promise.race([Promise.all(underWay.values()), enough]);
			patience.abort();
		},
	};
}

/** An environment that is away is told once, not for each ticket. */
function tell(log: Log, parked: Parked, { settlement, isAway }: Woken, away: number): void {
	const facts = { parked: parked.id, environment: parked.environment, attempts: parked.attempts };
	if (isAway && settlement.state === 'parked') {
		if (away === 0)
			log.warn({ ...facts, reason: settlement.trouble }, 'nothing can be woken there');
		return;
	}
	if (settlement.state === 'gone') {
		log.info({ ...facts, because: settlement.because }, 'a parked execution is gone');
	} else {
		log.debug({ ...facts, state: settlement.state }, 'a parked execution was asked to go on');
	}
}
