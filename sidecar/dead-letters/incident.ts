import { digestOf } from '../kernel/canonical-json';
import type { ErrorClass, LetterError } from './dead-letter';

/** Characters of a message that count; what follows is mostly payload. */
const longestMessage = 1_000;

/**
 * Names the cause of a failure: workflow, failed node, class, and the message without what differs
 * from one run to the next. 32 hexadecimal digits; the same on every replica and for ever.
 */
export function incidentOf(letter: {
	workflowId: string;
	error: Pick<LetterError, 'node' | 'message'>;
	errorClass: ErrorClass;
}): string {
	const { workflowId, error, errorClass } = letter;
	const cause = { workflowId, node: error.node, errorClass, words: wordsOf(error.message) };
	return digestOf(cause).slice(0, 32);
}

/**
 * A message without addresses, quoted texts, ids and numbers, in lower case: `Order "A-17" of
 * jo@example.org not found (try 3)` becomes `order … of … not found (try …)`. A word with a digit
 * in it counts as an id; an apostrophe within a word is no quote.
 */
export function wordsOf(message: string): string {
	return message
		.slice(0, longestMessage)
		.toLowerCase()
		.replaceAll(/\bhttps?:\/\/[^\s"'`]+/g, '…')
		.replaceAll(/[^\s"'`@]+@[^\s"'`@]+/g, '…')
		.replaceAll(/"[^"]*"|`[^`]*`|“[^”]*”|(?<!\p{L})'[^']*'(?!\p{L})/gu, '…')
		.replaceAll(/[\p{L}\p{N}_-]*\p{N}[\p{L}\p{N}_-]*(?:[.:,][\p{N}][\p{L}\p{N}_-]*)*/gu, '…')
		.replaceAll(/\s+/g, ' ')
		.trim();
}
