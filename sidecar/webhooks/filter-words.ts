import { OrchestrationError } from '../kernel/errors';

export interface Word {
	kind: 'path' | 'text' | 'number' | 'sign' | 'word';
	text: string;
	at: number;
}

const pattern =
	/\s*(?:(?<text>"(?:[^"\\]|\\.)*")|(?<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?)|(?<sign>==|!=|<=|>=|<|>|\(|\)|,)|(?<path>(?:body|headers|query|type|key|subject|environment)(?:\.[\p{L}_$][\p{L}\p{N}_$-]*|\[\d{1,6}\]|\["(?:[^"\\]|\\.)*"\])*)(?![\p{L}\p{N}_])|(?<word>[a-zA-Z]+))/uy;

/** @throws invalid_request naming the place that is not understood */
export function wordsOf(text: string): Word[] {
	const words: Word[] = [];
	pattern.lastIndex = 0;
	const end = text.trimEnd().length;
	while (pattern.lastIndex < end) {
		const at = pattern.lastIndex;
		const groups = pattern.exec(text)?.groups;
		if (!groups) throw notUnderstood(text, at, 'a path, a value or an operator');
		for (const kind of ['text', 'number', 'sign', 'path', 'word'] as const) {
			const found = groups[kind];
			if (found !== undefined) words.push({ kind, text: found, at });
		}
	}
	return words;
}

export function notUnderstood(text: string, at: number, expected: string): OrchestrationError {
	const got = text.slice(at, at + 20).trim();
	return new OrchestrationError(
		'invalid_request',
		`The filter is not right. At character ${at + 1} expected ${expected}, got ${
			got === '' ? 'its end' : JSON.stringify(got)
		}. Write it like \`body.amount >= 100 and type != "invoice.draft"\`.`,
		{ details: { errors: [{ path: 'filter', message: `expected ${expected}` }] } },
	);
}
