import type { EngineWorkflow, Publication } from '../../../sidecar/engines/engine';
import { overtaken } from '../../../sidecar/promotion/steps/overtaken';

const at = (ms: number) => new Date(Date.UTC(2031, 3, 1) + ms).toISOString();
const event = (id: number, began: boolean, ms = id * 10): Publication => ({
	id,
	began,
	at: at(ms),
});

/** The version of before is live again; `newer` stand above ours in the history. */
async function theirs(
	publications: Publication[],
	ours: Publication | undefined,
	newer: Array<{ versionId: string; ms: number }>,
) {
	const entries = [...newer, { versionId: 'ours', ms: 5 }, { versionId: 'old', ms: 0 }];
	const definitions = {
		history: async () =>
			await Promise.resolve(
				entries.map(({ versionId, ms }) => ({ versionId, authors: 'Olivia', createdAt: at(ms) })),
			),
	};
	const now = { id: 'wf-1', live: { versionId: 'old', graph: {}, publications } };
	const found = await overtaken(definitions, now as unknown as EngineWorkflow, 'ours', ours);
	return found?.versionId ?? null;
}

const edit = { versionId: 'edit', ms: 15 };

it('is what had ended the service of the version of before, in place of our publication', async () => {
	const publications = [event(1, true), event(2, false), event(7, true)];
	expect(await theirs(publications, event(5, true), [edit])).toBe('edit');
});

it('is the newest edit that was there when it was published', async () => {
	const later = { versionId: 'later', ms: 25 };
	const publications = [event(1, true), event(2, false)];
	expect(await theirs(publications, event(5, true), [later, edit])).toBe('edit');
});

it('shows although n8n took both from the same state', async () => {
	const publications = [event(1, true), event(2, false), event(4, false)];
	expect(await theirs(publications, event(5, true), [edit])).toBe('edit');
});

it('is nothing when ours had ended it, in a row or at one time', async () => {
	const publications = [event(1, true), event(4, false), event(7, true)];
	expect(await theirs(publications, event(5, true), [edit])).toBeNull();
	const apart = [event(1, true), event(3, false, 50), event(7, true)];
	expect(await theirs(apart, event(5, true, 50), [edit])).toBeNull();
});

it('is nothing when nobody edited, when only an older one was published, and when n8n does not tell', async () => {
	const publications = [event(1, true), event(2, false)];
	expect(await theirs(publications, undefined, [edit])).toBeNull();
	expect(await theirs(publications, event(5, true), [])).toBeNull();
	expect(await theirs([], event(5, true), [edit])).toBeNull();
});

it('takes no earlier coming and going for it', async () => {
	const before = [event(1, true), event(2, false), event(3, true), event(4, false)];
	expect(await theirs(before, event(5, true), [edit])).toBeNull();
});
