interface Page<Row> {
	data: Row[];
	nextCursor: string | null;
}

export interface Cut<Row> {
	rows: Row[];
	/** There are more than were read: whoever shows the rows says so. */
	isCut: boolean;
}

/** All rows of a list that is short by nature; stops at `most`. */
export async function everyPage<Row>(
	read: (cursor: string | undefined) => Promise<Page<Row>>,
	most: number,
): Promise<Cut<Row>> {
	const rows: Row[] = [];
	let cursor: string | undefined;
	do {
		const page = await read(cursor);
		rows.push(...page.data);
		cursor = page.nextCursor ?? undefined;
	} while (cursor !== undefined && rows.length < most);
	return { rows: rows.slice(0, most), isCut: cursor !== undefined || rows.length > most };
}
