import type { EngineWorkflow, Publication } from '../../../sidecar/engines/port/workflow';
import { publishOvertaken } from '../../../sidecar/promotion/steps/overtaken';

const at = (ms: number) => new Date(Date.UTC(2031, 3, 1) + ms).toISOString();
const event = (id: number, began: boolean, ms = id * 10): Publication => ({
	id,
	began,
	at: at(ms),
});

/** The version of before is live again; `newer` stand above ours in the history, with when they were live. */
async function liveAtLast(
	publications: Publication[],
	ours: Publication | undefined,
	newer: Array<{ versionId: string; ms: number; publications?: Publication[] }>,
) {
	const entries = [...newer, { versionId: 'ours', ms: 5 }, { versionId: 'old', ms: 0 }];
	const liveWith = (versionId: string, events: Publication[] = []) =>
		({ id: 'wf-1', live: { versionId, graph: {}, publications: events } }) as unknown;
	const definitions = {
		history: async () =>
			await Promise.resolve(
				entries.map(({ versionId, ms }) => ({ versionId, authors: 'Olivia', createdAt: at(ms) })),
			),
		publish: async (_id: string, versionId: string) => {
			const events = newer.find((each) => each.versionId === versionId)?.publications;
			return await Promise.resolve(liveWith(versionId, events) as EngineWorkflow);
		},
	};
	const now = liveWith('old', publications) as EngineWorkflow;
	return (await publishOvertaken(definitions, now, 'ours', ours))?.versionId ?? null;
}

const edit = { versionId: 'edit', ms: 15 };

it('is what had ended the service of the version of before, in place of our publication', async () => {
	const publications = [event(1, true), event(2, false), event(7, true)];
	expect(await liveAtLast(publications, event(5, true), [edit])).toBe('edit');
});

it('is the newest edit that was there when it was published', async () => {
	const later = { versionId: 'later', ms: 25 };
	const publications = [event(1, true), event(2, false)];
	expect(await liveAtLast(publications, event(5, true), [later, edit])).toBe('edit');
});

it('is the last of several that were published', async () => {
	const first = { ...edit, publications: [event(3, true), event(4, false)] };
	const second = { versionId: 'second', ms: 35, publications: [event(5, true), event(6, false)] };
	const publications = [event(1, true), event(2, false)];
	expect(await liveAtLast(publications, event(7, true), [second, first])).toBe('second');
});

it('shows although n8n took both from the same state', async () => {
	const publications = [event(1, true), event(2, false), event(4, false)];
	expect(await liveAtLast(publications, event(5, true), [edit])).toBe('edit');
});

it('is nothing when ours had ended it, in a row or at one time', async () => {
	const publications = [event(1, true), event(4, false), event(7, true)];
	expect(await liveAtLast(publications, event(5, true), [edit])).toBeNull();
	const apart = [event(1, true), event(3, false, 50), event(7, true)];
	expect(await liveAtLast(apart, event(5, true, 50), [edit])).toBeNull();
});

it('is nothing when nobody edited, when only an older one was published, and when n8n does not tell', async () => {
	const publications = [event(1, true), event(2, false)];
	expect(await liveAtLast(publications, undefined, [edit])).toBeNull();
	expect(await liveAtLast(publications, event(5, true), [])).toBeNull();
	expect(await liveAtLast([], event(5, true), [edit])).toBeNull();
});

it('takes no earlier coming and going for it', async () => {
	const before = [event(1, true), event(2, false), event(3, true), event(4, false)];
	expect(await liveAtLast(before, event(5, true), [edit])).toBeNull();
});
