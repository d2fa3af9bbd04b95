import { fitsPattern } from '../webhooks/wildcards';
import type { AlertRule } from './alert-rule';
import type { AlertSignals, StuckRuns, WorkflowName } from './signals';

/** Something that is not as it should be, now. */
export interface Observation {
	cause: string;
	environment: string | null;
	summary: string;
}

/** All that a rule finds wrong; what it does not name is well. */
export async function observe(
	signals: AlertSignals,
	rule: AlertRule,
	now: Date,
): Promise<Observation[]> {
	const { condition, environment, workflow } = rule;
	switch (condition.kind) {
		case 'failure-rate': {
			const figures = await signals.executions({
				environment,
				workflow,
				windowMs: condition.windowMs,
			});
			return figures
				.filter(({ finished }) => finished >= condition.minimum)
				.filter(({ finished, failed }) => failed / finished > condition.above)
				.map((each) =>
					ofWorkflow(
						each,
						`${each.failed} of ${each.finished} executions of ${nameOf(each)} failed in ` +
							`${spoken(condition.windowMs)}; allowed are ${percent(condition.above)}.`,
					),
				);
		}
		case 'too-slow': {
			const figures = await signals.executions({
				environment,
				workflow,
				windowMs: condition.windowMs,
			});
			return figures
				.filter(({ finished }) => finished >= condition.minimum)
				.filter(({ p95Ms }) => (p95Ms ?? 0) > condition.aboveMs)
				.map((each) =>
					ofWorkflow(
						each,
						`5 in 100 executions of ${nameOf(each)} take longer than ${spoken(each.p95Ms ?? 0)}; ` +
							`allowed are ${spoken(condition.aboveMs)}.`,
					),
				);
		}
		case 'no-run-since': {
			if (environment === null || workflow === null) return [];
			const last = await signals.lastSuccess(environment, workflow);
			if (last && now.getTime() - last.getTime() <= condition.ms) return [];
			const since = last ? ` since ${last.toISOString()}` : ' that we know of';
			const summary = `${workflow} in ${environment} has not succeeded${since}; expected within ${spoken(condition.ms)}.`;
			return [{ cause: `${environment}/${workflow}`, environment, summary }];
		}
		case 'dead-letters':
			return (await signals.waitingLetters({ environment, workflow }))
				.filter(({ count }) => count > condition.above)
				.map((each) => ({
					cause: each.environment,
					environment: each.environment,
					summary: `${each.count} dead letters wait in ${each.environment}; allowed are ${condition.above}.`,
				}));
		case 'circuit-open': {
			const open = await signals.openCircuits();
			return open
				.filter((key) => fitsPattern(condition.key, key))
				.map((key) => ({
					cause: key,
					environment: null,
					summary: `The circuit ${key} is open: calls through it are rejected.`,
				}));
		}
		case 'drift':
			return (await signals.drift(environment)).map((each) => ({
				cause: each.environment,
				environment: each.environment,
				summary: `${each.environment} differs from what was promoted in ${each.findings} places.`,
			}));
		case 'law-broken':
			return (await signals.brokenLaws()).map(({ work, missing, named }) => ({
				cause: work,
				environment: null,
				summary: `${missing} of the accepted ${work.replace('_', ' ')} are neither done, dead-lettered, discarded nor in flight${listed(named)}.`,
			}));
		case 'expired-letters':
			return (await signals.expiredLetters({ environment, workflow, ...condition }))
				.filter(({ count }) => count > condition.above)
				.map((each) => ({
					cause: each.environment,
					environment: each.environment,
					summary: `${each.count} dead letters of ${each.environment} expired within ${spoken(condition.windowMs)}; they are in the archive.`,
				}));
		case 'stuck': {
			const scope = { environment, workflow };
			const running = await signals.longRunning({ ...scope, runningMs: condition.runningMs });
			const overdue = await signals.overdueWaits({ ...scope, overdueMs: condition.overdueMs });
			return [
				...running.map((each) =>
					stuck(each, 'running', `for more than ${spoken(condition.runningMs)}`),
				),
				...overdue.map((each) =>
					stuck(each, 'waiting', `more than ${spoken(condition.overdueMs)} too long`),
				),
			];
		}
		case 'webhook-gone':
			return (await signals.missingWebhooks({ environment, workflow })).map((each) => ({
				cause: `${each.environment}/${each.method} ${each.path}`,
				environment: each.environment,
				summary: `${nameOf(each)} is published, and its n8n does not know its webhook ${each.method} ${each.path}: callers get 404. Publish it again.`,
			}));
		case 'unpublished':
			return (
				await signals.unpublished({ environment, workflow, withinMs: condition.withinMs })
			).map((each) =>
				ofWorkflow(
					each,
					`${nameOf(each)} was published and has not been since ${each.since.toISOString()}. Nobody paused it here; n8n takes out what crashes again and again.`,
				),
			);
		case 'backlog':
			return (await signals.backlog())
				.filter(({ ms }) => ms > condition.aboveMs)
				.map(({ work, ms }) => ({
					cause: work,
					environment: null,
					summary: `${work} have been due for ${spoken(ms)}; allowed are ${spoken(condition.aboveMs)}.`,
				}));
	}
}

function stuck(each: StuckRuns, how: 'running' | 'waiting', long: string): Observation {
	const oldest = each.oldest === null ? '' : ` The oldest is execution ${each.oldest}.`;
	return {
		cause: `${each.environment}/${each.workflow}/${how}`,
		environment: each.environment,
		summary: `${each.runs} executions of ${nameOf(each)} have been ${how} ${long}.${oldest}`,
	};
}

function ofWorkflow({ environment, workflow }: WorkflowName, summary: string): Observation {
	return { cause: `${environment}/${workflow}`, environment, summary };
}

/** The first few; GET /api/v1/conservation has more. */
function listed(named: readonly string[]): string {
	if (named.length === 0) return '';
	return `: ${named.slice(0, 5).join(', ')}${named.length > 5 ? ', …' : ''}`;
}

function nameOf({ environment, workflow, name }: WorkflowName): string {
	return `${name ?? workflow} in ${environment}`;
}

function percent(share: number): string {
	return `${Math.round(share * 1000) / 10} %`;
}

function spoken(ms: number): string {
	if (ms < 1_000) return `${Math.round(ms)} ms`;
	if (ms < 120_000) return `${Math.round(ms / 100) / 10} s`;
	if (ms < 7_200_000) return `${Math.round(ms / 60_000)} min`;
	return `${Math.round(ms / 360_000) / 10} h`;
}
