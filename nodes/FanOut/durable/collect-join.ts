import type { IBinaryData, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import type { ChildResult, Join, JoinItem } from '../../../sidecar/contract/joins';
import { asNodeError } from '../../shared/node-error';
import { isSidecarAway } from '../../shared/sidecar-away';
import { connectSidecar, type Sidecar } from '../../shared/sidecar-client';
import { waitInProcess } from '../../shared/waiting';
import type { RunEnd, RunEnds } from '../run-end';
import type { Settings } from '../settings';

/** A sidecar that just resumed us and is away comes back. */
const PATIENCE_MS = 300_000;
const PAUSE_MS = 2_000;

export interface Joined {
	ends: RunEnds;
	/** Why the policy is not satisfied, when not by the failures alone. */
	brokenBecause?: string;
}

/** How the runs of a join ended. Throws when the sidecar stays away for 5 minutes or knows it no more. */
export async function collectJoin(
	context: IExecuteFunctions,
	joinId: string,
	{ policy }: Settings,
): Promise<Joined> {
	const sidecar = await connectSidecar(context);
	const path = `/joins/${encodeURIComponent(joinId)}`;
	const join = await patiently(context, () => sidecar.request<Join>({ method: 'GET', path }));
	const results = await patiently(context, () => resultsOf(sidecar, path));
	// What a quorum left over was not needed; otherwise it is a loss.
	const leftOver = policy.kind === 'collect' ? 'failed' : 'not run';
	const ends: RunEnds = new Map();
	for (const result of results) {
		const end = await endOf(context, result, leftOver, join.summary);
		if (end) ends.set(result.index, end);
	}
	const broken = policy.kind !== 'collect' && join.state !== 'succeeded';
	return { ends, ...(broken ? { brokenBecause: join.summary } : {}) };
}

const resultsOf = async (sidecar: Sidecar, path: string): Promise<ChildResult[]> =>
	await sidecar.list<ChildResult>(`${path}/results`, {});

async function patiently<T>(context: IExecuteFunctions, ask: () => Promise<T>): Promise<T> {
	const until = Date.now() + PATIENCE_MS;
	for (;;) {
		try {
			return await ask();
		} catch (error) {
			if (!isSidecarAway(error) || Date.now() > until) throw asNodeError(context, error, 0);
			await waitInProcess(context, PAUSE_MS);
		}
	}
}

async function endOf(
	context: IExecuteFunctions,
	{ state, items, executionId, attempts, error }: ChildResult,
	leftOver: 'failed' | 'not run',
	summary: string,
): Promise<RunEnd | undefined> {
	const link = executionId ? { executionId } : {};
	if (state === 'succeeded') {
		const restored = await Promise.all(items.map((item) => restore(context, item)));
		return { kind: 'succeeded', items: restored, ...link };
	}
	if (state !== 'failed' && leftOver === 'not run') return undefined;
	const facts = { message: error?.message ?? summary, network: false, headers: {} };
	const reason = state === 'failed' ? 'failed' : 'cancelled';
	return { kind: 'failed', error: facts, attempts, reason, ...link };
}

/** Files come inside the item; n8n keeps them its own way. */
async function restore(
	context: IExecuteFunctions,
	{ json, binary }: JoinItem,
): Promise<INodeExecutionData> {
	if (!binary) return { json: json as INodeExecutionData['json'] };
	const files: Record<string, IBinaryData> = {};
	for (const [name, file] of Object.entries(binary as Record<string, IBinaryData>)) {
		files[name] = file.id
			? file
			: await context.helpers.prepareBinaryData(
					Buffer.from(file.data, 'base64'),
					file.fileName,
					file.mimeType,
				);
	}
	return { json: json as INodeExecutionData['json'], binary: files };
}
