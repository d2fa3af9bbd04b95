import { acceptLetter, type LetterRequest } from '../dead-letters/accept-letter';
import type { LimitPorts } from '../dead-letters/bulk/hold-to-limits';
import { completeLetters } from '../dead-letters/complete-letters';
import type { NewDeadLetter } from '../dead-letters/dead-letter';
import type { ReplayPorts } from '../dead-letters/replay-ports';
import { deadLettersRoutes } from '../http/dead-letters-routes';
import { incidentsRoutes } from '../http/incidents-routes';
import { rehearsalsRoutes } from '../http/rehearsals-routes';
import { replaySchedulesRoutes } from '../http/replay-schedules-routes';
import { replaysRoutes } from '../http/replays-routes';
import { bulkReplayJobs } from '../jobs/bulk-replay-jobs';
import { followEnvironments } from '../jobs/follow-environments';
import { letterKeeping, replayJobs } from '../jobs/housekeeping';
import { nextCron } from '../kernel/cron';
import { registerLetterMetrics } from '../monitoring/letter-metrics';
import { registerReplayMetrics } from '../monitoring/replay-metrics';
import type { Emit } from '../webhooks/system-event';
import type { Foundation } from './foundation';
import { composeHistory } from './history';
import type { Part } from './part';

export interface LetterParts {
	/** A new letter is kept as an event with it. */
	onEventKept(): void;
	emit: Emit;
	contentIn: ReplayPorts['contentIn'];
	/** What bulk replays hold to. */
	admit: LimitPorts['admit'];
}

/** Dead letters, their replay, and the followers that find them. */
export function composeDeadLetters(foundation: Foundation, parts: LetterParts) {
	const { stores, clock, newId, random, newTraceparent, owner, log } = foundation;
	const { environmentOf, engineOf, background, config, metrics } = foundation;
	registerLetterMetrics(metrics.registry, async () => await stores.letters.count());
	const { onReplayEnded } = registerReplayMetrics(metrics.registry);
	const ports = {
		onReplayEnded,
		letters: {
			...stores.letters,
			accept: async (letter: NewDeadLetter) => {
				const kept = await stores.letters.accept(letter);
				if (kept.created) parts.onEventKept();
				return kept;
			},
		},
		bulks: stores.bulks,
		rehearsals: stores.rehearsals,
		schedules: stores.replaySchedules,
		nextRun: nextCron,
		versions: stores.versions,
		environmentOf,
		engineOf,
		clock,
		newId,
		random,
		newTraceparent,
		contentIn: parts.contentIn,
		admit: parts.admit,
		owner,
		inBackground: background.track,
		startedByUs: async (traceparent: string) => await stores.executions.startedByUs(traceparent),
	};
	const completeNow = async (environment: string) => {
		try {
			await completeLetters(ports, environment, await engineOf(environment));
		} catch (error) {
			// The follower does it in its next round.
			log.info({ environment, err: error }, 'letters cannot be completed right now');
		}
	};
	const part: Part = {
		routes: [
			...deadLettersRoutes({
				...ports,
				completeSoon: (environment) => {
					background.track(completeNow(environment));
				},
			}),
			...replaysRoutes(ports),
			...rehearsalsRoutes(ports),
			...replaySchedulesRoutes(ports),
			...incidentsRoutes(ports),
		],
		jobs: [
			followEnvironments({
				...ports,
				environments: foundation.environments,
				positions: stores.positions,
				copies: stores.triggerCopies,
				ownRuns: stores.executions,
				history: composeHistory({ ...ports, history: stores.history }),
				log,
				everySeconds: config.followIntervalSeconds,
			}),
			...replayJobs({
				...ports,
				environments: foundation.environments,
				onTrouble: (environment, error) => {
					log.info({ environment, err: error }, 'credentials cannot be looked at right now');
				},
			}),
			...bulkReplayJobs(ports),
			...letterKeeping({
				letters: stores.letters,
				retentionDays: config.letterRetentionDays,
				clock,
				emit: parts.emit,
			}),
		],
		services: [],
	};
	return {
		...part,
		ports,
		/** Keeps what failed for good; gives the id of its letter. */
		keep: async (environment: string, request: LetterRequest) => {
			const { letter } = await acceptLetter(ports, await environmentOf(environment), request);
			return letter.id;
		},
	};
}
