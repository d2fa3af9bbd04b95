import {
	isVerifying,
	journalOf,
	nextStep,
	nextUndo,
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

it('goes on with what was begun, then with what is next', () => {
	expect(nextStep([step(0, 'done'), step(1, 'started'), step(2, 'pending')])?.index).toBe(1);
	expect(nextStep([step(0, 'done'), step(1, 'pending')])?.index).toBe(1);
	expect(nextStep([step(0, 'done')])).toBeNull();
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
