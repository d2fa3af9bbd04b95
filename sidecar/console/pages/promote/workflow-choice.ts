interface Choosable {
	id: string;
	name: string;
	archived: boolean;
}

/** A page of checkboxes stays quick up to about this many. */
const most = 200;

/**
 * The workflows to offer: what somebody came with first, whatever is typed and however many there
 * are, then those whose name holds what is typed.
 */
export function offered<Workflow extends Choosable>(
	all: readonly Workflow[],
	wantedId: string | undefined,
	typed: string,
): { rows: Workflow[]; left: number } {
	const part = typed.trim().toLowerCase();
	const wanted = all.filter(({ id }) => id === wantedId);
	const others = all.filter(
		({ id, archived, name }) => id !== wantedId && !archived && name.toLowerCase().includes(part),
	);
	const rows = [...wanted, ...others].slice(0, most);
	return { rows, left: wanted.length + others.length - rows.length };
}
