import {
	isVerifying,
	journalOf,
	nextUndo,
	nextWave,
	targetIdIn,
} from '../../../sidecar/promotion/journal';
import { isPassing, phaseAfterUndo } from '../../../sidecar/promotion/promotion';
import { change, step } from './fixtures';

const told = (changes: ReturnType<typeof change>[]) =>
	journalOf(changes).map(({ action, workflowKey }) => `${action} ${workflowKey}`);

it('creates and stages all before it publishes anything, leaves first, and sees all live after', () => {
	const changes = [change('leaf', { action: 'create', targetWorkflowId: null }), change('top')];
	expect(told(changes)).toEqual([
		'create leaf',
		'stage leaf',
		'stage top',
		'publish leaf',
		'publish top',
		'see-live leaf',
		'see-live top',
		'record leaf',
		'record top',
	]);
	expect(journalOf(changes).map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
});

it('does nothing for what has nothing to be done', () => {
	expect(told([change('same', { action: 'none' })])).toEqual([]);
});

it('publishes stand-ins for new workflows of a circle before anything is staged', () => {
	const circle = { action: 'create', targetWorkflowId: null, circle: true } as const;
	expect(told([change('a', circle), change('b', circle)]).slice(0, 6)).toEqual([
		'create a',
		'create b',
		'publish-stand-in a',
		'publish-stand-in b',
		'stage a',
		'stage b',
	]);
});

it('only stages what is not to be published', () => {
	expect(told([change('a', { publish: false })])).toEqual(['stage a', 'record a']);
});

it('takes out of service in the other direction, callers first', () => {
	const gone = { action: 'unpublish', publish: false, unpublish: true } as const;
	expect(told([change('leaf', gone), change('top', gone)])).toEqual([
		'unpublish top',
		'unpublish leaf',
		'record leaf',
		'record top',
	]);
});

it('puts an unpublished edit back on top of what was published', () => {
	expect(told([change('a', { thenDraft: 'edit' })])).toEqual([
		'stage a',
		'publish a',
		'see-live a',
		'restage a',
		'record a',
	]);
});

it('is verifying once all is published', () => {
	const [stage, publish, seeLive] = journalOf([change('a')]);
	expect([stage, publish, seeLive].map((each) => each && isVerifying(each))).toEqual([
		false,
		false,
		true,
	]);
});

describe('what can be done at once', () => {
	const waves = (changes: ReturnType<typeof change>[]) => {
		const steps = journalOf(changes);
		const found: string[] = [];
		for (let wave = nextWave(steps, changes); wave[0]; wave = nextWave(steps, changes)) {
			found.push(`${wave[0].action} ${wave.map(({ workflowKey }) => workflowKey).join()}`);
			for (const each of wave) each.status = 'done';
		}
		return found;
	};

	it('is all of one kind, but for what is called, which goes into service first', () => {
		const changes = [
			change('leaf', { after: [] }),
			change('other leaf', { after: [] }),
			change('middle', { after: ['leaf'] }),
			change('top', { after: ['middle', 'other leaf', 'not in this plan'] }),
		];
		expect(waves(changes)).toEqual([
			'stage leaf,other leaf,middle,top',
			'publish leaf,other leaf',
			'publish middle',
			'publish top',
			'see-live leaf,other leaf,middle,top',
			'record leaf,other leaf,middle,top',
		]);
	});

	it('goes out of service callers first', () => {
		const gone = { action: 'unpublish', publish: false, unpublish: true } as const;
		const changes = [
			change('leaf', { ...gone, after: [] }),
			change('middle', { ...gone, after: ['leaf'] }),
			change('top', { ...gone, after: ['middle'] }),
			change('other top', { ...gone, after: ['middle'] }),
		];
		expect(waves(changes).slice(0, 3)).toEqual([
			'unpublish other top,top',
			'unpublish middle',
			'unpublish leaf',
		]);
	});

	it('is published one by one where the plan does not know who calls whom', () => {
		expect(waves([change('a'), change('b')]).slice(1, 3)).toEqual(['publish a', 'publish b']);
	});

	it('is what was begun and what is open, until all is done', () => {
		const indexes = (...statuses: Array<Parameters<typeof step>[1]>) =>
			nextWave(
				statuses.map((status, index) => step(index, status)),
				[],
			).map(({ index }) => index);
		expect(indexes('done', 'started', 'pending')).toEqual([1, 2]);
		expect(indexes('done')).toEqual([]);
	});
});

it('undoes last first whatever may have had an effect, and nothing else', () => {
	const steps = [step(0, 'done'), step(1, 'done'), step(2, 'failed'), step(3, 'pending')];
	expect(nextUndo(steps)?.index).toBe(2);
	expect(nextUndo([step(0, 'done'), step(1, 'started'), step(2, 'pending')])?.index).toBe(1);
	expect(nextUndo([step(0, 'done'), step(1, 'compensated')])?.index).toBe(0);
	expect(nextUndo([step(0, 'compensated'), step(1, 'pending')])).toBeNull();
});

it('knows the id of a workflow that was created on the way', () => {
	const created = step(0, 'done', { action: 'create', result: { workflowId: 'new' } });
	const planned = change('a', { action: 'create', targetWorkflowId: null });
	expect(targetIdIn([created], planned)).toBe('new');
	expect(targetIdIn([], planned)).toBeNull();
	expect(targetIdIn([], change('a'))).toBe('prod-a');
});

it('ends failed when the target said no, and errored when nobody could tell', () => {
	const saidNo = ['engine_conflict', 'workflow_invalid', 'promotion_plan_stale'] as const;
	const unclear = ['engine_unreachable', 'engine_timeout', 'internal_error'] as const;
	expect(saidNo.map(phaseAfterUndo)).toEqual(['failed', 'failed', 'failed']);
	expect(unclear.map(phaseAfterUndo)).toEqual(['errored', 'errored', 'errored']);
});

it('tries again what may pass, and not a mistake of our own', () => {
	expect(isPassing('engine_unreachable')).toBe(true);
	expect(isPassing('internal_error')).toBe(false);
	expect(isPassing('engine_conflict')).toBe(false);
});
