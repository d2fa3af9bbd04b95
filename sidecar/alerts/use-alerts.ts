import type { Sealing } from '../environments/sealing';
import type { Clock } from '../kernel/clock';
import { OrchestrationError } from '../kernel/errors';
import type { AlertRule } from './alert-rule';
import type { AlertStore } from './alert-store';
import { type AlertChannel, type ChannelTarget, leadsTo, sealedIn } from './channel';

export interface ChannelPorts {
	alerts: AlertStore;
	sealing: Pick<Sealing, 'seal'>;
	/** @throws address_not_allowed, invalid_request */
	checkAddress(url: string): Promise<void>;
	clock: Clock;
}

/** @throws address_not_allowed, invalid_request */
export async function putChannel(
	{ alerts, sealing, checkAddress, clock }: ChannelPorts,
	name: string,
	target: ChannelTarget,
): Promise<{ channel: AlertChannel; created: boolean }> {
	const url = target.kind === 'email' ? hostOf(target.smtpUrl) : target.url;
	await checkAddress(url);
	const now = clock.now();
	return await alerts.putChannel({
		name,
		kind: target.kind,
		to: leadsTo(target),
		sealedTarget: sealing.seal(JSON.stringify(target), sealedIn(name)),
		createdAt: now,
		updatedAt: now,
	});
}

/** Address rules speak of http. */
function hostOf(smtpUrl: string): string {
	return `https://${new URL(smtpUrl).hostname}`;
}

/** @throws alert_channel_not_found */
export async function findChannel(alerts: AlertStore, name: string): Promise<AlertChannel> {
	return (await alerts.findChannel(name)) ?? missingChannel(name);
}

/** @throws alert_channel_not_found, alert_channel_in_use */
export async function removeChannel(alerts: AlertStore, name: string): Promise<void> {
	const result = await alerts.removeChannel(name);
	if (result === 'missing') missingChannel(name);
	if (result === 'in-use') {
		throw new OrchestrationError(
			'alert_channel_in_use',
			`Alert rules send to the channel ${name}. Take it out of them first: GET /api/v1/alerts/rules.`,
		);
	}
}

/** @throws alert_rule_not_found */
export async function findRule(alerts: AlertStore, name: string): Promise<AlertRule> {
	return (await alerts.findRule(name)) ?? missingRule(name);
}

/** With its alerts. @throws alert_rule_not_found */
export async function removeRule(alerts: AlertStore, name: string): Promise<void> {
	if (!(await alerts.removeRule(name))) missingRule(name);
}

function missingRule(name: string): never {
	throw new OrchestrationError(
		'alert_rule_not_found',
		`There is no alert rule ${name}. GET /api/v1/alerts/rules lists them.`,
	);
}

function missingChannel(name: string): never {
	throw new OrchestrationError(
		'alert_channel_not_found',
		`There is no alert channel ${name}. GET /api/v1/alerts/channels lists them.`,
	);
}
