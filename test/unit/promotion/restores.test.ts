import { restoreOf } from '../../../sidecar/promotion/restores';
import { change } from './fixtures';

const before = {
	workflowId: 'prod-a',
	draftVersionId: 'd',
	liveVersionId: 'l',
	draft: 'old draft',
	live: 'old live',
};
const nothing = { publish: false, unpublish: false, thenDraft: null };

it('publishes again what was live', () => {
	const same = { ...before, live: 'old draft' };
	expect(restoreOf(change('a', { before: same }))).toEqual({
		...nothing,
		version: 'old draft',
		stage: true,
		publish: true,
	});
});

it('leaves an edit that was never published as the draft again', () => {
	expect(restoreOf(change('a', { before }))).toEqual({
		...nothing,
		version: 'old live',
		stage: true,
		publish: true,
		thenDraft: 'old draft',
	});
});

it('takes out of service what was not live', () => {
	expect(restoreOf(change('a', { before: { ...before, live: null } }))).toEqual({
		...nothing,
		version: 'old draft',
		stage: true,
		unpublish: true,
	});
});

it('only takes out of service what was new', () => {
	expect(restoreOf(change('a', { action: 'create', targetWorkflowId: null }))).toEqual({
		...nothing,
		version: null,
		stage: false,
		unpublish: true,
	});
});

it('puts only the draft back when nothing was published', () => {
	expect(restoreOf(change('a', { before, publish: false }))).toEqual({
		...nothing,
		version: 'old draft',
		stage: true,
	});
});

it('publishes again what a roll-back had taken out of service', () => {
	const taken = change('a', { action: 'unpublish', publish: false, unpublish: true, before });
	expect(restoreOf(taken)).toMatchObject({ version: 'old live', publish: true });
});

it('has nothing to do for what was not changed', () => {
	expect(restoreOf(change('a', { action: 'none' }))).toBeNull();
});
