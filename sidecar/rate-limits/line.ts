import { type Emitted, emit, emitUntil } from './emission';
import { type Gap, ahead, mostGaps, takeSlot, withSlot } from './gaps';
import { type RateLimit, type TenantShare, evenPace } from './rate-limit';

/** Who asks, for the share of a contended limit. */
export interface Claim {
	/** Null: everybody without a tenant is one of their own. */
	tenant: string | null;
	/** Against other tenants. */
	share: number;
	/** Units. */
	weight: number;
	/** Not before this time. */
	earliest: number;
}

/** A tenant that was granted nothing for so long competes no more. */
const idleMs = 1_000;
/** Free times closer than two units and this are given to anyone: who asks for them next is too late. */
const soonMs = 10;
/** A tenant may be ahead of its share by this part of its wait, so that free times lie in few pieces. */
const coarseness = 16;
/** Longest row of free times handed out one by one. */
const mostSkipped = 500;

/** Works on one rate limit at one moment: every time it gives is taken out of what is left. */
export interface Line {
	/** Gives a time to the claim, in whole milliseconds. */
	give(claim: Claim): number;
	/** What is left to be kept. */
	row(): RateLimit;
}

interface Given {
	at: number;
	/** A free time about to pass. */
	isSpare: boolean;
}

export function lineOf(limit: RateLimit, now: number): Line {
	const { policy } = limit;
	const open = Math.max(now, limit.pausedUntil ?? 0);
	let { emission } = limit;
	let gaps = ahead(limit.gaps, open);

	const pace = (): number => {
		const { slow } = limit;
		const isSlow = slow !== null && Math.max(emission.due, now) < slow.until;
		return isSlow ? Math.max(slow.everyMs, evenPace(policy)) : evenPace(policy);
	};
	const tenants = competing(limit.tenants, now, evenPace(policy));

	const next = (weight: number, earliest: number): Emitted =>
		emit(emission, policy, weight, earliest, pace());
	const take = (weight: number, earliest: number, latest: number): number | null => {
		const taken = takeSlot(gaps, weight, earliest, latest);
		if (taken) ({ gaps } = taken);
		return taken?.at ?? null;
	};
	/** Leaves evenly spaced times free for others up to `target`; a burst is for who asks now. */
	const skip = (weight: number, target: number): void => {
		for (let skipped = 0; skipped < mostSkipped && gaps.length < mostGaps; skipped += 1) {
			const step = pace() * weight;
			const emitted = emit(emission, { ...policy, burst: 1 }, weight, open, pace());
			if (emitted.exact >= target) return;
			({ emission } = emitted);
			gaps = withSlot(gaps, emitted.exact, step, weight);
		}
	};
	/** The same for a time far away, which has to be reached. */
	const skipFar = (target: number): void => {
		const every = pace();
		const row = emitUntil(emission, policy, open, target, every);
		if (row.units === 0) return;
		({ emission } = row);
		gaps = [...gaps, [row.from, row.units, every, 1] satisfies Gap];
	};

	const emitAt = (weight: number, earliest: number): number => {
		// A part of a millisecond is only the rounding of the time.
		if (earliest >= open + 1) {
			skip(weight, earliest);
			skipFar(earliest);
		}
		const emitted = next(weight, earliest);
		({ emission } = emitted);
		return emitted.at;
	};
	const giveFrom = (weight: number, earliest: number): number =>
		take(weight, earliest, Infinity) ?? emitAt(weight, earliest);

	const giveShare = ({ weight, earliest: wanted }: Claim, fair: number): Given => {
		const earliest = Math.max(open, wanted);
		const soon = now + 2 * pace() * weight + soonMs;
		if (fair <= soon) return { at: giveFrom(weight, earliest), isSpare: false };
		const spare = take(weight, earliest, soon);
		if (spare !== null) return { at: spare, isSpare: true };
		const late = Math.max(earliest, fair - (fair - now) / coarseness);
		const free = take(weight, late, Infinity);
		if (free !== null) return { at: free, isSpare: false };
		if (next(weight, earliest).exact < late) skip(weight, fair);
		return { at: emitAt(weight, earliest), isSpare: false };
	};

	const charge = ({ tenant, share, weight }: Claim): void => {
		const name = tenant ?? '';
		const before = Math.max(tenants.get(name)?.next ?? 0, now);
		tenants.set(name, { next: before, weight: share });
		const all = [...tenants.values()].reduce((sum, each) => sum + each.weight, 0);
		tenants.set(name, { next: before + (pace() * weight * all) / share, weight: share });
	};

	return {
		give: (claim) => {
			const name = claim.tenant ?? '';
			const known = tenants.get(name);
			const others = tenants.size - (known ? 1 : 0);
			const { at, isSpare } =
				others === 0
					? { at: giveFrom(claim.weight, Math.max(open, claim.earliest)), isSpare: false }
					: giveShare(claim, known?.next ?? 0);
			// What nobody else wanted is not held against a tenant.
			if (!isSpare) charge(claim);
			return at;
		},
		row: () => ({
			...limit,
			emission,
			gaps,
			tenants: Object.fromEntries(tenants),
			pausedUntil: limit.pausedUntil !== null && limit.pausedUntil > now ? open : null,
			slow: limit.slow !== null && limit.slow.until > now ? limit.slow : null,
		}),
	};
}

function competing(
	tenants: Record<string, TenantShare>,
	now: number,
	every: number,
): Map<string, TenantShare> {
	const since = now - Math.max(idleMs, 4 * every);
	return new Map(Object.entries(tenants).filter(([, { next }]) => next > since));
}
