interface Page<Row> {
	data: Row[];
	nextCursor: string | null;
}

/** All rows of a list that is short by nature; stops at `most`. */
export async function everyPage<Row>(
	read: (cursor: string | undefined) => Promise<Page<Row>>,
	most: number,
): Promise<Row[]> {
	const rows: Row[] = [];
	let cursor: string | undefined;
	do {
		const page = await read(cursor);
		rows.push(...page.data);
		cursor = page.nextCursor ?? undefined;
	} while (cursor !== undefined && rows.length < most);
	return rows;
}
