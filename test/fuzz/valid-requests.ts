/** The parts of an OpenAPI document that requests are made from. */
export interface ApiDocument {
	paths: Record<string, Record<string, Operation>>;
}

interface Operation {
	parameters?: Array<{ in: string; name: string; schema: Schema }>;
	requestBody?: { content: Record<string, { example?: unknown }> };
}

interface Schema {
	type?: string | string[];
	enum?: unknown[];
	example?: unknown;
	default?: unknown;
}

export interface ValidRequest {
	method: string;
	/** As documented, with braces. */
	path: string;
	params: Record<string, string>;
	query: Record<string, string>;
	body: unknown;
}

/** What stands where the examples name things that are not there. */
export interface Seeds {
	/** By the word before the parameter in the path, e.g. `versions`. */
	ids: Record<string, string>;
	/** Texts of examples → what is there instead. */
	texts: Record<string, string>;
}

/** One valid request for every operation of the document. */
export function validRequests({ paths }: ApiDocument, seeds: Seeds): ValidRequest[] {
	return Object.entries(paths).flatMap(([path, methods]) =>
		Object.entries(methods).map(([method, operation]) => ({
			method: method.toUpperCase(),
			path,
			params: paramsOf(path, seeds),
			query: queryOf(operation),
			body: planted(operation.requestBody?.content['application/json']?.example, seeds),
		})),
	);
}

function paramsOf(path: string, { ids }: Seeds): Record<string, string> {
	const found = [...path.matchAll(/([\w-]+)\/\{(\w+)\}/g)];
	const params = found.map(([, word = '', name = '']) => [name, ids[word] ?? ids[name] ?? 'thing']);
	const seconds = [...path.matchAll(/\}\/\{(\w+)\}/g)];
	return Object.fromEntries([
		...seconds.map(([, name = '']) => [name, 'dev']),
		...params,
	]) as Record<string, string>;
}

function queryOf({ parameters = [] }: Operation): Record<string, string> {
	const asked = parameters.filter((each) => each.in === 'query');
	return Object.fromEntries(
		asked.flatMap(({ name, schema }) => {
			const value = schema.example ?? schema.enum?.[0] ?? schema.default;
			return value === undefined || name === 'cursor' ? [] : [[name, String(value)]];
		}),
	);
}

function planted(value: unknown, { texts }: Seeds): unknown {
	if (value === undefined) return undefined;
	const replaced = Object.entries(texts).reduce(
		(text, [from, to]) => text.replaceAll(JSON.stringify(from), JSON.stringify(to)),
		JSON.stringify(value),
	);
	return JSON.parse(replaced) as unknown;
}
