import type { WorkflowDefinitions } from '../engines/port/definitions';
import type { EngineWorkflow } from '../engines/port/workflow';
import { digestOf } from '../kernel/canonical-json';
import { driftOf, type Drift } from './drift';
import { definitionsIn, type DriftPorts } from './drift-ports';
import type { DriftFinding, Expectation, FoundDrift, ScanChange } from './drift-store';
import { contentOf, learnFromPromotions } from './expectations';
import { isAsRemembered } from './prints';

export interface Scan {
	/** When it was looked; null: never yet. */
	scannedAt: Date | null;
	/** A promotion is writing, so what was found before is told. */
	waitingFor: string | null;
	/** Workflows looked at. */
	workflows: number;
	findings: DriftFinding[];
	/** Live, and never promoted or adopted. */
	unmanaged: Array<{ id: string; name: string }>;
	change: ScanChange;
}

/** Told by name in one report. */
const mostUnmanaged = 100;

/**
 * Compares all of an environment with what is expected of it, keeps what was found and tells what is new
 * and what is gone. One reading of all workflows and one of the credentials, whatever their number.
 * @throws environment_not_found, capability_missing, and what the engine refuses
 */
export async function scanDrift(ports: DriftPorts, environment: string): Promise<Scan> {
	const { drift, clock } = ports;
	const definitions = await definitionsIn(ports, environment);
	const nothing: ScanChange = { found: [], gone: [] };
	const waitingFor = await ports.promotionUnderWay(environment);
	if (waitingFor !== null) {
		// The end of a promotion is a reason to look, so none is lost.
		const last = await drift.lastScan(environment);
		const findings = await drift.findings(environment);
		const { scannedAt = null, workflows } = last ?? {};
		const told = { scannedAt, waitingFor, workflows: workflows ?? 0, findings };
		return { ...told, unmanaged: [], change: nothing };
	}
	const at = clock.now();
	const { executions } = await ports.engineOf(environment);
	const [listed, credentials] = await Promise.all([
		definitions.listFull(),
		definitions.listCredentials(),
	]);
	const workflows = new Map(
		listed.filter(({ id }) => !executions.isOwn(id)).map((workflow) => [workflow.id, workflow]),
	);
	const there = new Set(credentials.map(({ id }) => id));
	const scene = { environment, workflows, credentials: there };
	const known = await drift.expectationsIn(environment);
	const expectations = await learnFromPromotions(ports, scene, known);
	const ignored = new Set((await drift.rule(environment))?.ignored);
	const found: FoundDrift[] = [];
	for (const expectation of expectations) {
		const actual = workflows.get(expectation.workflowId) ?? null;
		const drifts = await driftFrom(ports, expectation, actual, there);
		const heard = drifts.filter(({ kind }) => !ignored.has(kind));
		found.push(...heard.map((each) => asFound(expectation, actual, each)));
	}
	await nameAuthors(ports, definitions, environment, workflows, found);
	const nextAt = ports.nextRun(await scheduleOf(ports, environment));
	const change = await drift.record(environment, found, { at, workflows: workflows.size, nextAt });
	await tell(ports, environment, change);
	const managed = new Set(expectations.map(({ workflowId }) => workflowId));
	return {
		scannedAt: at,
		waitingFor: null,
		workflows: workflows.size,
		findings: await drift.findings(environment),
		unmanaged: [...workflows.values()]
			.filter(({ id, live }) => live !== null && !managed.has(id))
			.slice(0, mostUnmanaged)
			.map(({ id, content }) => ({ id, name: content.name })),
		change,
	};
}

export async function scheduleOf(ports: DriftPorts, environment: string): Promise<string> {
	return (await ports.drift.rule(environment))?.schedule ?? ports.defaultSchedule;
}

/** Contents are read only for what the digests do not clear. */
async function driftFrom(
	ports: DriftPorts,
	expectation: Expectation,
	actual: EngineWorkflow | null,
	there: ReadonlySet<string>,
): Promise<Drift[]> {
	const { prints, credentials, tags } = expectation;
	const tagNames = tags.map(({ name }) => name);
	const clear =
		actual !== null &&
		isAsRemembered(prints, actual, ports.graphPrintOf) &&
		credentials.every((id) => there.has(id)) &&
		JSON.stringify(tagNames.toSorted()) ===
			JSON.stringify(actual.tags.map(({ name }) => name).sort());
	if (clear) return [];
	const draft = await contentOf(ports, expectation.draft);
	const live = expectation.live === null ? null : await contentOf(ports, expectation.live);
	return driftOf({ draft, live, tags: tagNames, credentials }, actual, there);
}

function asFound(
	{ environment, workflowKey, workflowId, prints }: Expectation,
	actual: EngineWorkflow | null,
	drift: Drift,
): FoundDrift {
	const name = actual?.content.name ?? prints.draft.name;
	const nobody = { author: null, authoredAt: null };
	return { environment, workflowKey, workflowId, name, ...nobody, ...drift };
}

/** Asks the history of those that are new; n8n knows authors of versions only. */
async function nameAuthors(
	ports: DriftPorts,
	definitions: WorkflowDefinitions,
	environment: string,
	workflows: ReadonlyMap<string, EngineWorkflow>,
	found: FoundDrift[],
): Promise<void> {
	const known = new Map(
		(await ports.drift.findings(environment)).map((each) => [
			`${each.workflowKey} ${each.kind}`,
			each,
		]),
	);
	const pauses = await ports.pausesIn(environment);
	for (const drift of found) {
		const before = known.get(`${drift.workflowKey} ${drift.kind}`);
		const pause = drift.kind === 'unpublished' ? pauses.get(drift.workflowId) : undefined;
		if (pause !== undefined) drift.diff = `${drift.diff} (${pause})`;
		if (before?.state === drift.state) {
			drift.author = before.author;
			drift.authoredAt = before.authoredAt;
			continue;
		}
		const workflow = workflows.get(drift.workflowId);
		const versionId = workflow && versionBehind(drift, workflow);
		if (!versionId) continue;
		const history = await definitions.history(drift.workflowId);
		const entry = history.find((each) => each.versionId === versionId);
		if (!entry) continue;
		drift.author = entry.authors || null;
		drift.authoredAt = new Date(entry.createdAt);
	}
}

function versionBehind({ kind }: Drift, { live, draftVersionId }: EngineWorkflow): string | null {
	if (kind === 'draft') return draftVersionId;
	const ofLive =
		kind === 'live' || kind === 'credentials' || kind === 'look' || kind === 'published';
	return ofLive ? (live?.versionId ?? null) : null;
}

/** Once per change, not per scan; what somebody has accepted as it is, is not told again. */
async function tell(ports: DriftPorts, environment: string, change: ScanChange): Promise<void> {
	const { found, gone } = change;
	for (const [type, findings] of [
		['drift.found', found],
		['drift.gone', gone],
	] as const) {
		if (findings.length === 0) continue;
		const brief = findings.map(
			({ id, workflowKey, workflowId, name, kind, weight, since, author }) => ({
				id,
				workflowKey,
				workflowId,
				name,
				kind,
				weight,
				since: since.toISOString(),
				author,
			}),
		);
		const dedupId = digestOf([type, findings.map(({ id, state }) => [id, state])]);
		await ports.emit({
			type,
			environment,
			subject: environment,
			dedupId,
			data: { findings: brief },
		});
	}
}
