import { z } from 'zod';
import { OrchestrationError } from '../kernel/errors';

/** The id in a cursor of a list that is paged by ids. @throws invalid_request for a cursor of another list */
export function idCursor(cursor: string | null): string | null {
	if (cursor === null || z.uuid().safeParse(cursor).success) return cursor;
	throw new OrchestrationError(
		'invalid_request',
		'Expected cursor to be the nextCursor of a page of this list, got one of another list.',
	);
}
