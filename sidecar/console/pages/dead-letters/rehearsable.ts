import { type BulkRequest, type Incident, isOpen, type Letter, type LetterDetail } from './letters';

/** What can be tried out, with the choices of how much of it. */
export interface Rehearsable {
	environment: string;
	workflowKey: string | null;
	choices: Choice[];
}

interface Choice {
	name: string;
	filter: Pick<BulkRequest['filter'], 'fingerprint' | 'ids'>;
	/** Null: as many as are asked for. */
	letters: number | null;
}

/** The API tries out no more at once. */
export const mostRehearsed = 100;

const cause = (fingerprint: string): Choice => ({
	name: 'The newest of its cause',
	filter: { fingerprint },
	letters: null,
});

export function letterToRehearse({ environment, workflowKey, incident, id }: LetterDetail) {
	const letter: Choice = { name: 'This letter', filter: { ids: [id] }, letters: 1 };
	const choices = incident === null ? [letter] : [cause(incident), letter];
	return { environment, workflowKey, choices } satisfies Rehearsable;
}

export function incidentToRehearse({ environment, workflowKey, fingerprint }: Incident) {
	return { environment, workflowKey, choices: [cause(fingerprint)] } satisfies Rehearsable;
}

/** Null: they cannot be tried out together, or not at all. */
export function lettersToRehearse(letters: readonly Letter[]): Rehearsable | null {
	const open = letters.filter(isOpen);
	const [first] = open;
	const isOneWorkflow = open.every(
		({ environment, workflowKey }) =>
			environment === first?.environment && workflowKey === first.workflowKey,
	);
	if (!first || first.workflowKey === null || !isOneWorkflow || open.length > mostRehearsed) {
		return null;
	}
	const { environment, workflowKey } = first;
	const ids = open.map(({ id }) => id);
	const choices = [{ name: 'What is selected', filter: { ids }, letters: ids.length }];
	return { environment, workflowKey, choices };
}
