import type { Alert } from './alert-rule';
import type { AlertNotice } from './alert-store';

const headings: Record<AlertNotice['kind'], string> = {
	raised: 'Alert',
	repeated: 'Still',
	resolved: 'Resolved',
};

/** One line; for a subject or the head of a message. */
export function headingOf({ kind }: AlertNotice, { rule, severity }: Alert): string {
	return `${headings[kind]}: ${rule} (${severity})`;
}

export function textOf(notice: AlertNotice, alert: Alert): string {
	const place = alert.environment === null ? '' : `Environment: ${alert.environment}\n`;
	const end = alert.resolvedAt ? `Over: ${alert.resolvedAt.toISOString()}\n` : '';
	return (
		`${notice.summary}\n\n${place}Cause: ${alert.cause}\n` +
		`Since: ${alert.since.toISOString()}\n${end}Alert: ${alert.id}\n`
	);
}

/** What a webhook gets. */
export function bodyOf(notice: AlertNotice, alert: Alert): Record<string, unknown> {
	return {
		type: `alert.${notice.kind}`,
		timestamp: notice.createdAt.toISOString(),
		data: {
			id: alert.id,
			rule: alert.rule,
			cause: alert.cause,
			environment: alert.environment,
			severity: alert.severity,
			summary: notice.summary,
			since: alert.since.toISOString(),
			resolvedAt: alert.resolvedAt?.toISOString() ?? null,
		},
	};
}

/** Slack reads `&`, `<` and `>` as its own marks. https://api.slack.com/reference/surfaces/formatting#escaping */
export function slackBodyOf(notice: AlertNotice, alert: Alert): { text: string } {
	const escaped = textOf(notice, alert)
		.replaceAll('&', '&amp;')
		.replaceAll('<', '&lt;')
		.replaceAll('>', '&gt;');
	return { text: `*${headingOf(notice, alert)}*\n${escaped}` };
}
