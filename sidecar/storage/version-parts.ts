import { createHash } from 'node:crypto';
import type { WorkflowContent } from '../engines/port/workflow';
import type { Queryable } from './queryable';

/** Ids of the parts that a content is made of. */
export interface KeptParts {
	frame: number;
	/** In the order of the nodes. */
	nodes: number[];
}

/** Keeps the nodes and what surrounds them, each once. Two that bring the same part at once share it. */
export async function keepParts(tx: Queryable, content: WorkflowContent): Promise<KeptParts> {
	const texts = [{ ...content, nodes: [] }, ...content.nodes].map((part) => JSON.stringify(part));
	const digests = texts.map((text) => createHash('sha256').update(text).digest());
	const byDigest = await knownParts(tx, digests);
	const missing = digests.flatMap((digest, index) =>
		byDigest.has(digest.toString('hex')) ? [] : [{ digest, text: texts[index] }],
	);
	if (missing.length > 0) {
		// In one order everywhere, so that two that bring the same parts do not wait for each other in a circle.
		missing.sort((a, b) => Buffer.compare(a.digest, b.digest));
		const { rows } = await tx.query<PartRow>(
			`insert into version_parts (digest, part)
			select given.digest, given.part::json
			from unnest($1::bytea[], $2::text[]) as given (digest, part)
			on conflict (digest) do nothing
			returning version_parts.digest, version_parts.id`,
			[missing.map(({ digest }) => digest), missing.map(({ text }) => text)],
		);
		for (const { digest, id } of rows) byDigest.set(digest.toString('hex'), id);
		const raced = missing.filter(({ digest }) => !byDigest.has(digest.toString('hex')));
		if (raced.length > 0) {
			for (const [digest, id] of await knownParts(tx, digests)) byDigest.set(digest, id);
		}
	}
	const [frame, ...nodes] = digests.map((digest) => {
		const id = byDigest.get(digest.toString('hex'));
		if (id === undefined) throw new TypeError('a part of a version was not kept');
		return id;
	});
	return { frame: frame as number, nodes };
}

interface PartRow {
	digest: Buffer;
	id: number;
}

async function knownParts(tx: Queryable, digests: Buffer[]): Promise<Map<string, number>> {
	const { rows } = await tx.query<PartRow>(
		`select version_parts.digest, version_parts.id from version_parts
		where version_parts.digest = any ($1::bytea[])`,
		[digests],
	);
	return new Map(rows.map(({ digest, id }) => [digest.toString('hex'), id]));
}

/** Columns that give back the content of `versions` in one reading; `contentOf` puts it together. */
export const contentColumns = `versions.content,
	(select version_parts.part from version_parts where version_parts.id = versions.frame) as frame,
	(select json_agg(version_parts.part order by listed.place)
		from unnest(versions.nodes) with ordinality as listed (id, place)
		join version_parts on version_parts.id = listed.id) as nodes`;

export interface ContentRow {
	/** As rows from before 0021 have it. */
	content: WorkflowContent | null;
	frame: WorkflowContent | null;
	nodes: WorkflowContent['nodes'] | null;
}

export function contentOf({ content, frame, nodes }: ContentRow): WorkflowContent {
	if (content) return content;
	if (!frame) throw new TypeError('a version without content');
	return { ...frame, nodes: nodes ?? [] };
}
