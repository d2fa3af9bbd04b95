import { fitsPattern } from '../webhooks/wildcards';
import type { AlertRule } from './alert-rule';
import type { AlertSignals, WorkflowFigures } from './signals';

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

function ofWorkflow({ environment, workflow }: WorkflowFigures, summary: string): Observation {
	return { cause: `${environment}/${workflow}`, environment, summary };
}

/** The first few; GET /api/v1/conservation has more. */
function listed(named: readonly string[]): string {
	if (named.length === 0) return '';
	return `: ${named.slice(0, 5).join(', ')}${named.length > 5 ? ', …' : ''}`;
}

function nameOf({ environment, workflow, name }: WorkflowFigures): string {
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
