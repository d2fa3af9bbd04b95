import type { EvaluatePorts } from '../alerts/evaluate-rules';
import { createNoticeSender } from '../alerts/notice-sender';
import type { NoticePorts } from '../alerts/send-notices';
import type { AlertSignals } from '../alerts/signals';
import { brokenLaws } from '../conservation/check-law';
import { watchLive, type WatchLivePorts } from '../alerts/watch-live';
import type { AddressRules } from '../environments/address-rules';
import type { Environment } from '../environments/environment';
import type { Sealing } from '../environments/sealing';
import { type AlertRoutePorts, alertsRoutes } from '../http/alerts-routes';
import { alertJobs } from '../jobs/alert-jobs';
import type { Clock } from '../kernel/clock';
import type { NewId } from '../kernel/ids';
import { registerCircuitMetrics } from '../monitoring/circuit-metrics';
import type { Log } from '../monitoring/log';
import { createAlertSignals } from '../storage/alert-signals';
import { createAlertStore } from '../storage/alert-store';
import { createLiveWorkflowStore } from '../storage/live-workflow-store';
import type { Pool } from '../storage/pool';
import { newSecret } from '../webhooks/put-subscription';
import { send } from '../webhooks/send';
import type { Emit } from '../webhooks/system-event';
import type { Foundation } from './foundation';
import type { Part } from './part';

export interface AlertParts {
	pool: Pool;
	clock: Clock;
	newId: NewId;
	random: () => number;
	sealing: Sealing;
	addressRules: AddressRules;
	emit: Emit;
	log: Log;
	/** What the tables alone do not say. */
	engineOf: WatchLivePorts['engineOf'];
	environments(): Promise<Environment[]>;
	drift: AlertSignals['drift'];
	brokenLaws: AlertSignals['brokenLaws'];
}

const patienceMs = 20_000;

/** What the room of alerts needs. */
export function alertPorts(parts: AlertParts): AlertRoutePorts & EvaluatePorts & NoticePorts {
	const { pool, clock, newId, random, sealing, addressRules, emit, log } = parts;
	const checkAddress = async (url: string) => {
		await addressRules.check(url);
	};
	return {
		alerts: createAlertStore(pool),
		signals: {
			...createAlertSignals(pool),
			drift: parts.drift,
			brokenLaws: parts.brokenLaws,
			...watchLive({
				live: createLiveWorkflowStore(pool),
				clock,
				engineOf: parts.engineOf,
				environments: async () =>
					(await parts.environments())
						.filter(({ engine }) => engine === 'n8n')
						.map(({ name }) => name),
			}),
		},
		sendNotice: createNoticeSender({
			post: async (url, headers, body) => {
				const request = { method: 'POST', url, headers, body };
				const outcome = await send({ addresses: addressRules, clock }, request, patienceMs);
				return outcome.ok ? null : outcome.error;
			},
			checkAddress,
			clock,
		}),
		sealing,
		checkAddress,
		newSecret,
		clock,
		newId,
		random,
		emit,
		onTrouble: ({ name }, error) => {
			log.warn({ rule: name, err: error }, 'an alert rule cannot be looked at right now');
		},
	};
}

async function openCircuits({ pool }: Foundation): Promise<string[]> {
	return await createAlertSignals(pool).openCircuits();
}

/** Rules, channels, and who is told. */
export function composeAlerts(
	foundation: Foundation,
	asked: Pick<AlertParts, 'emit' | 'drift'>,
): Part {
	const { ledgers } = foundation.stores;
	registerCircuitMetrics(foundation.metrics.registry, async () => await openCircuits(foundation));
	const ports = alertPorts({
		...foundation,
		...asked,
		brokenLaws: async () => await brokenLaws(ledgers),
	});
	return { routes: alertsRoutes(ports), jobs: alertJobs(ports), services: [] };
}
