import { isOrchestrationError } from '../../kernel/errors';
import type { ExecutionGlance } from '../port/execution';
import { getExecution, listExecutions, type ExecutionWire } from './execution-endpoints';
import { readRecord } from './read-execution';
import type { N8nTransport } from './transport';

/** Room for clocks that disagree. */
const clockSkewMs = 60_000;
const maxLookedAt = 500;
/** Executions whose trace context is remembered: it never changes. */
const mostKnown = 20_000;

/** Finds an execution by the trace context its caller sent. */
export class TraceSearch {
	/** By workflow and execution; with the start, since an instance set up anew counts from 1 again. */
	private readonly known = new Map<string, string | null>();

	constructor(private readonly transport: N8nTransport) {}

	async glance(id: string): Promise<ExecutionGlance> {
		const wire = await getExecution(this.transport, id, false);
		const traceparent = wire.tracingContext?.traceparent ?? null;
		if (this.known.size >= mostKnown) this.known.clear();
		this.known.set(keyOf(wire), traceparent);
		return { ...readRecord(wire), traceparent };
	}

	async find(search: {
		workflowId: string;
		traceparent: string;
		since: Date;
	}): Promise<ExecutionGlance | null> {
		for (const one of await this.candidates(search)) {
			const known = this.known.get(keyOf(one));
			if (known !== undefined && known !== search.traceparent) continue;
			const glance = await this.glanceIfThere(one.id);
			if (glance?.traceparent === search.traceparent) return glance;
		}
		return null;
	}

	/** Those begun closest to the moment first. Asked without a status n8n leaves out what runs. */
	private async candidates({
		workflowId,
		since,
	}: {
		workflowId: string;
		since: Date;
	}): Promise<ExecutionWire[]> {
		const startedAfter = new Date(since.getTime() - clockSkewMs).toISOString();
		const found = new Map<string, ExecutionWire>();
		const filters = [
			{ workflowId, status: 'new' as const },
			{ workflowId, status: 'running' as const },
			{ workflowId, startedAfter },
		];
		for (const filter of filters) {
			const page = await listExecutions(this.transport, filter, { limit: maxLookedAt });
			for (const one of page) found.set(one.id, one);
		}
		const distance = ({ startedAt }: ExecutionWire) =>
			Math.abs(Date.parse(startedAt ?? since.toISOString()) - since.getTime());
		return [...found.values()].sort((a, b) => distance(a) - distance(b));
	}

	private async glanceIfThere(id: string): Promise<ExecutionGlance | null> {
		try {
			return await this.glance(id);
		} catch (error) {
			// Pruned, or a success that is not kept.
			if (isOrchestrationError(error, 'execution_not_found')) return null;
			throw error;
		}
	}
}

function keyOf({ id, workflowId, startedAt }: ExecutionWire): string {
	return `${workflowId} ${id} ${startedAt ?? ''}`;
}
