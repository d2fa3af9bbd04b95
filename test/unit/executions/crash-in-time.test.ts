import { leaseMs } from '../../../sidecar/executions/dispatch-ports';
import { leaseMs as jobLeaseMs } from '../../../sidecar/jobs/run-jobs';
import { latencyOf, type CrashCase } from '../../support/executions/crash-room';

const limitMs = 60_000;
const second = 1_000;
const day = 86_400 * second;
/** The rest of the minute belongs to n8n's answers and to the database. */
const spareMs = 5 * second;
/** With a larger FOLLOW_INTERVAL nobody is promised a minute. */
const slowestFollowerMs = 20 * second;

/** Milliseconds at which something happens after n8n has marked the execution, up to `latest`. */
const moments = (latest: number) =>
	[0, 0.25, 0.5, 0.75, 1].map((share) => Math.round((share * latest) / second) * second);

async function worst(
	given: Omit<CrashCase, 'lookInMs' | 'roundInMs' | 'followEveryMs'>,
	longestLookMs: number,
) {
	let longest = 0;
	for (const followEveryMs of [5 * second, slowestFollowerMs]) {
		for (const lookInMs of moments(longestLookMs)) {
			// The round that was due dies with its replica, and another waits for the lease of the job.
			for (const roundInMs of moments(followEveryMs + jobLeaseMs)) {
				const each = { ...given, lookInMs, roundInMs, followEveryMs };
				longest = Math.max(longest, await latencyOf(each));
			}
		}
	}
	return longest;
}

/** How long the circuit to an instance stays open once it has opened. */
const circuitMs = 10 * second;
const looks = 30 * second;

const paths: Array<[string, Parameters<typeof worst>[0], number]> = [
	['one just sent', { ageMs: second, ours: 'running' }, second],
	['one under way for a month, looked at most rarely', { ageMs: 30 * day, ours: 'running' }, looks],
	['one that waited in n8n, which is believed twice', { ageMs: 30 * day, ours: 'waiting' }, looks],
	['one in doubt', { ageMs: 12 * second, ours: 'in-doubt' }, 3 * second],
	['one whose sidecar was killed', { ageMs: day, ours: 'running' }, leaseMs],
	[
		'one whose call hangs on a dead connection',
		{ ageMs: day, ours: 'running', isHeld: true },
		leaseMs,
	],
	['one behind 5,000 other looks', { ageMs: day, ours: 'running', backlog: 5_000 }, looks],
	[
		'one that waited behind 5,000 other looks',
		{ ageMs: day, ours: 'waiting', backlog: 5_000 },
		looks,
	],
	['one that n8n has forgotten', { ageMs: day, ours: 'running', isGone: true }, looks],
	[
		'one forgotten behind 5,000 other looks',
		{ ageMs: day, ours: 'waiting', isGone: true, backlog: 5_000 },
		looks,
	],
	['one that we did not start', { ageMs: day, ours: null }, 0],
	[
		'one whose n8n is still locked out by our circuit',
		{ ageMs: day, ours: 'waiting', closedForMs: circuitMs },
		looks,
	],
	[
		'a strange one of an n8n that is locked out',
		{ ageMs: day, ours: null, closedForMs: circuitMs },
		0,
	],
];

it.each(paths)('keeps a letter within a minute of %s', async (_, given, longestLookMs) => {
	expect(await worst(given, longestLookMs)).toBeLessThanOrEqual(limitMs - spareMs);
});
