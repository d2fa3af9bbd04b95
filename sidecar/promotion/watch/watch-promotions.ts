import { protectionOf } from '../../environments/protection';
import type { Environment } from '../../environments/environment';
import { isOrchestrationError } from '../../kernel/errors';
import type { GatePorts } from '../gates/gate-ports';
import { versionsIn } from '../gates/promotion-hold';
import { isPassing } from '../promotion';
import { findPromotion } from '../promotion-ports';
import { rollBack } from '../roll-back';
import { countRuns } from './count-runs';
import { findingsInWords, regressionsIn } from './judge';
import { openWatch } from './open-watch';
import type { Watch, WatchFinding } from './watch';

export interface WatchPorts extends GatePorts {
	environments(): Promise<Environment[]>;
	/** Goes on with a promotion in the background. */
	drive(id: string): void;
	/** Told of what has to be tried again. */
	onTrouble(promotionId: string, error: unknown): void;
}

const mostAtOnce = 50;
/** Runs that are read in one round, newest first. */
const runsPerRound = 2_500;

/**
 * One round of the watch over promotions that soak: begins new watches, counts what has run since, ends
 * those whose time is over or that show a regression, and begins roll-backs where the rules say so.
 */
export async function watchPromotions(ports: WatchPorts): Promise<void> {
	for (const environment of await ports.environments()) {
		const soakSeconds = protectionOf(environment)?.soakSeconds ?? 0;
		if (soakSeconds > 0) await beginWatches(ports, environment);
	}
	for (const watch of await ports.watches.due(mostAtOnce)) {
		await guarded(ports, watch.promotionId, async () => {
			if (watch.status === 'watching') await check(ports, watch);
			const now = await ports.watches.find(watch.promotionId);
			if (now?.rollBackDue) await beginRollBack(ports, now.promotionId);
		});
	}
}

/** One that cannot be asked right now must not keep the round from the others. */
async function guarded(
	ports: WatchPorts,
	promotionId: string,
	work: () => Promise<void>,
): Promise<void> {
	try {
		await work();
	} catch (error) {
		if (isOrchestrationError(error, 'database_unavailable')) throw error;
		ports.onTrouble(promotionId, error);
	}
}

async function beginWatches(ports: WatchPorts, environment: Environment): Promise<void> {
	const rules = protectionOf(environment);
	if (!rules) return;
	const since = new Date(ports.clock.now().getTime() - rules.soakSeconds * 1000);
	for (const id of await ports.watches.unwatched(environment.name, since)) {
		await guarded(ports, id, async () => {
			const promotion = await findPromotion(ports, id);
			await ports.watches.open(await openWatch(ports, promotion, rules));
		});
	}
}

async function check(ports: WatchPorts, watch: Watch): Promise<void> {
	const { promotionId, baselines } = watch;
	const now = ports.clock.now();
	const end = { findings: watch.findings, rollBackDue: false, hold: null };
	if (await ports.watches.isSuperseded(promotionId)) {
		const message = 'What was promoted has been replaced or undone since.';
		await ports.watches.conclude(promotionId, { ...end, status: 'superseded', message }, now);
		return;
	}
	const findings = await findingsNow(ports, watch);
	const regressions = regressionsIn(baselines, findings);
	if (regressions.length > 0) {
		await regressed(ports, watch, findings, regressions.join('; '));
	} else if (now < watch.until) {
		await ports.watches.note(promotionId, findings, now);
	} else {
		const message = findingsInWords(baselines, findings);
		await ports.watches.conclude(promotionId, { ...end, findings, status: 'passed', message }, now);
	}
}

async function findingsNow(ports: WatchPorts, watch: Watch): Promise<WatchFinding[]> {
	const { to } = await findPromotion(ports, watch.promotionId);
	const { executions } = await ports.engineOf(to);
	const findings: WatchFinding[] = [];
	for (const finding of watch.findings) {
		const baseline = watch.baselines.find(({ workflowKey }) => workflowKey === finding.workflowKey);
		if (!baseline) continue;
		const { workflowId, since } = baseline;
		const openIds = async () => [
			...(await executions.list({ workflowId, status: 'new' })),
			...(await executions.list({ workflowId, status: 'running' })),
		];
		const before = await openIds();
		const list = await executions.list({
			workflowId,
			startedAfter: since,
			aboveId: finding.cursor.upTo,
			limit: runsPerRound,
		});
		const open = [...before, ...(await openIds())].map(({ id }) => id);
		findings.push(countRuns(baseline, finding, list, open));
	}
	return findings;
}

async function regressed(
	ports: WatchPorts,
	{ promotionId }: Watch,
	findings: WatchFinding[],
	message: string,
): Promise<void> {
	const { to, plan } = await findPromotion(ports, promotionId);
	const rules = protectionOf(await ports.environmentOf(to));
	const rollBackDue = rules?.rollBackOnRegression ?? false;
	const at = ports.clock.now();
	const hold = {
		environment: to,
		promotionId,
		versions: versionsIn(plan.changes),
		reason: `it regressed: ${message}`,
		placedBy: 'watch',
		placedAt: at,
	};
	const end = { status: 'regressed', message: `${message}.`, findings, rollBackDue, hold } as const;
	if (!(await ports.watches.conclude(promotionId, end, at))) return;
	await ports.tell({
		type: 'promotion.regressed',
		subject: promotionId,
		environment: to,
		data: { message, rollsBack: rollBackDue },
		dedupId: promotionId,
	});
}

/** Somebody's edit since is not overwritten: then a person has to decide. */
async function beginRollBack(ports: WatchPorts, id: string): Promise<void> {
	try {
		const promotion = await rollBack(ports, { id, overwrite: false, actor: null });
		ports.drive(promotion.id);
		const message = `Rolled back by promotion ${promotion.id}.`;
		await ports.watches.rolledBack(id, message, ports.clock.now());
	} catch (error) {
		if (!isOrchestrationError(error) || isPassing(error.code)) throw error;
		if (error.code === 'promotion_environment_busy') throw error;
		const message = `It could not be rolled back: ${error.message}`;
		await ports.watches.rolledBack(id, message, ports.clock.now());
	}
}
