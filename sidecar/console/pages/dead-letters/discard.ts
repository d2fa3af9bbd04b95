import { api, dataOf } from '../../api/client';
import { counted } from '../../components/numbers';
import { useAct } from '../../data/act';
import { confirm } from '../../feedback/confirm';
import { useToasts } from '../../feedback/toasts';
import type { Letter } from './letters';

/** Asks, then gives letters up. True: all of them. */
export function useDiscard() {
	const { act, isBusy } = useAct();
	const toasts = useToasts();
	const discard = async (letters: ReadonlyArray<Pick<Letter, 'id'>>): Promise<boolean> => {
		const answer = await confirm({
			title: `Discard ${counted(letters.length, 'letter')}?`,
			consequences: [
				'The work is given up: it is not replayed by itself or by hand any more.',
				'This cannot be undone. The letter and its payload stay readable until its time is over.',
			],
			verb: 'Discard',
			danger: true,
			reason: { label: 'Why, for the audit log', isRequired: false },
		});
		if (!answer) return false;
		const body = answer.reason === '' ? {} : { reason: answer.reason };
		const done = await act(
			'Discarding',
			async () => {
				for (const { id } of letters) {
					const params = { path: { id } };
					await dataOf(api.POST('/api/v1/dead-letters/{id}/discard', { params, body }));
				}
			},
			[['dead-letters'], ['dead-letter'], ['incidents'], ['overview']],
		);
		if (done) toasts.done(`${counted(letters.length, 'letter')} discarded`);
		return done !== null;
	};
	return { discard, isBusy };
}
