/** The work of one tenant for one workflow, the first in line first. */
export interface Lane {
	environment: string;
	/** '': nobody's. */
	tenant: string;
	workflowId: string;
	heads: Array<{ id: string; priority: number; concurrency: number | null }>;
}

export interface TenantShare {
	/** How much it has had: one over its weight for each execution. */
	pass: number;
	weight: number;
	/** Most under way at once over all environments; null: no limit. */
	concurrent: number | null;
}

export interface Turns {
	lanes: Lane[];
	/** By environment: how many may be sent. */
	slots: (environment: string) => number;
	/** Under way now. */
	ofWorkflow: (environment: string, workflowId: string) => number;
	ofTenant: (tenant: string) => number;
	shareOf: (environment: string, tenant: string) => TenantShare;
	/** Where the tenant that went last stood before it went. */
	clockOf: (environment: string) => number;
}

export interface Chosen {
	/** In the order they are sent. */
	ids: string[];
	passes: Array<{ environment: string; tenant: string; pass: number }>;
	clocks: Array<{ environment: string; clock: number }>;
}

/**
 * Who goes next: the tenant that has had least for its weight (stride scheduling), then priority, then
 * age. A tenant that was idle starts where the others stand, so that it neither owes nor is owed.
 */
export function takeTurns(turns: Turns): Chosen {
	const ids: string[] = [];
	const passes: Chosen['passes'] = [];
	const clocks: Chosen['clocks'] = [];
	const workflows = new Map<string, number>();
	const tenants = new Map<string, number>();
	for (const environment of new Set(turns.lanes.map((lane) => lane.environment))) {
		const lanes = turns.lanes
			.filter((lane) => lane.environment === environment)
			.map((lane) => ({ ...lane, heads: [...lane.heads] }));
		const names = [...new Set(lanes.map(({ tenant }) => tenant))];
		let clock = turns.clockOf(environment);
		const current = new Map(
			names.map((name) => [name, Math.max(clock, turns.shareOf(environment, name).pass)]),
		);
		for (let left = turns.slots(environment); left > 0; left -= 1) {
			const open = lanes.filter((lane) => mayGo(lane, turns, workflows, tenants));
			const next = open.sort((a, b) => order(a, b, current))[0];
			const head = next?.heads.shift();
			if (!next || !head) break;
			ids.push(head.id);
			add(workflows, `${environment}/${next.workflowId}`);
			add(tenants, next.tenant);
			const { weight } = turns.shareOf(environment, next.tenant);
			clock = current.get(next.tenant) ?? clock;
			current.set(next.tenant, clock + 1 / Math.max(weight, 0.001));
		}
		for (const [tenant, pass] of current) passes.push({ environment, tenant, pass });
		clocks.push({ environment, clock });
	}
	return { ids, passes, clocks };
}

function mayGo(
	{ environment, tenant, workflowId, heads }: Lane,
	turns: Turns,
	workflows: Map<string, number>,
	tenants: Map<string, number>,
): boolean {
	const [head] = heads;
	if (!head) return false;
	const running =
		turns.ofWorkflow(environment, workflowId) +
		(workflows.get(`${environment}/${workflowId}`) ?? 0);
	if (head.concurrency !== null && running >= head.concurrency) return false;
	if (tenant === '') return true;
	const { concurrent } = turns.shareOf(environment, tenant);
	return concurrent === null || turns.ofTenant(tenant) + (tenants.get(tenant) ?? 0) < concurrent;
}

function order(a: Lane, b: Lane, passes: Map<string, number>): number {
	const byPass = (passes.get(a.tenant) ?? 0) - (passes.get(b.tenant) ?? 0);
	if (byPass !== 0) return byPass;
	if (a.tenant !== b.tenant) return a.tenant < b.tenant ? -1 : 1;
	const [first, second] = [a.heads[0], b.heads[0]];
	const byPriority = (second?.priority ?? 0) - (first?.priority ?? 0);
	return byPriority !== 0 ? byPriority : (first?.id ?? '') < (second?.id ?? '') ? -1 : 1;
}

function add(counts: Map<string, number>, key: string): void {
	counts.set(key, (counts.get(key) ?? 0) + 1);
}
