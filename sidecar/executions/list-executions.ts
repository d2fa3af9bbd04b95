import type { Engine } from '../engines/port/engine';
import type { ExecutionQuery, ExecutionRecord } from '../engines/port/execution';

/** What an engine has under way; asked once in a round, for all who want to know. */
export interface OpenLook {
	/** The newest execution, read first: whatever is up to it and not open is over. */
	floorId: string;
	open(): Promise<ReadonlySet<string>>;
	/** Those of them that run and do not wait; none while nobody has asked. */
	running(): ReadonlySet<string>;
	/** How many are open; 0 while nobody has asked. */
	counted(): number;
}

export async function lookAtOpen(engine: Engine): Promise<OpenLook> {
	const [newest] = await engine.executions.list({ limit: 1 });
	let open: Promise<Open> | null = null;
	let known: Open = { ids: new Set(), running: new Set() };
	return {
		floorId: newest?.id ?? '0',
		open: async () => {
			known = await (open ??= listOpen(engine));
			return known.ids;
		},
		running: () => known.running,
		counted: () => known.ids.size,
	};
}

interface Open {
	ids: Set<string>;
	running: Set<string>;
}

/**
 * Ids of what is not over. What runs is asked for before and after what waits, of which there may be
 * many: one that wakes up or falls asleep while we ask is seen all the same.
 */
async function listOpen(engine: Engine): Promise<Open> {
	const ids = new Set<string>();
	let running = new Set<string>();
	for (const status of ['new', 'running', 'waiting', 'new', 'running'] as const) {
		const found = (await engine.executions.list({ status })).map(({ id }) => id);
		for (const id of found) ids.add(id);
		if (status === 'running') running = new Set(found);
	}
	return { ids, running };
}

/** What ended badly. n8n calls canceled what took too long, too. */
export async function listFailed(
	engine: Engine,
	since: Pick<ExecutionQuery, 'aboveId' | 'startedAfter'>,
): Promise<ExecutionRecord[]> {
	const failed: ExecutionRecord[] = [];
	for (const status of ['error', 'crashed', 'canceled'] as const) {
		failed.push(...(await engine.executions.list({ status, ...since })));
	}
	return failed;
}
