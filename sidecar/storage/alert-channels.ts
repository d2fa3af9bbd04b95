import { OrchestrationError } from '../kernel/errors';
import type { Queryable } from './queryable';

/** Holds the channels until the transaction ends. @throws alert_channel_not_found */
export async function requireChannels(tx: Queryable, names: string[]): Promise<void> {
	const { rows } = await tx.query<{ name: string }>(holdSql, [names]);
	const missing = names.filter((name) => !rows.some((row) => row.name === name));
	if (missing.length === 0) return;
	throw new OrchestrationError(
		'alert_channel_not_found',
		`There is no channel ${missing.join(', ')} to send alerts to. Make it first with ` +
			`PUT /api/v1/alerts/channels/${missing[0] ?? ''}.`,
		{ details: { missing } },
	);
}

const holdSql = `
	select channel.name from alert_channels as channel
	where channel.name = any ($1)
	order by channel.name
	for share`;
