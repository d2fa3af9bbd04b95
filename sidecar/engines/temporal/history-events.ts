import type { temporal } from '@temporalio/proto';
import type { RunId } from './run-id';
import type { Session } from './session';

export type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

const closeEvents = 2;

/** The first events of a run: what it was given is in the very first. */
export async function firstEvents(session: Session, run: RunId): Promise<HistoryEvent[]> {
	const { namespace } = session;
	const { history } = await session.call(
		async ({ workflowService }) =>
			await workflowService.getWorkflowExecutionHistory({
				namespace,
				execution: run,
				maximumPageSize: 8,
			}),
	);
	return history?.events ?? [];
}

/** How it ended; undefined: it has not. */
export async function closeEvent(session: Session, run: RunId): Promise<HistoryEvent | undefined> {
	const { namespace } = session;
	const { history } = await session.call(
		async ({ workflowService }) =>
			await workflowService.getWorkflowExecutionHistory({
				namespace,
				execution: run,
				historyEventFilterType: closeEvents,
			}),
	);
	return history?.events?.at(-1);
}

/** From the newest to the oldest, as long as somebody asks. */
export async function* eventsBackwards(
	session: Session,
	run: Required<RunId>,
): AsyncGenerator<HistoryEvent> {
	const { namespace } = session;
	let nextPageToken: Uint8Array | null | undefined;
	do {
		const token = nextPageToken;
		const page = await session.call(
			async ({ workflowService }) =>
				await workflowService.getWorkflowExecutionHistoryReverse({
					namespace,
					execution: run,
					maximumPageSize: 200,
					...(token ? { nextPageToken: token } : {}),
				}),
		);
		yield* page.history?.events ?? [];
		({ nextPageToken } = page);
	} while (nextPageToken && nextPageToken.length > 0);
}
