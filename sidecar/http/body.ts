import express, { type Request, type RequestHandler, type Response } from 'express';
import { OrchestrationError } from '../kernel/errors';
import { readBytes } from './raw-request';

const jsonTypes = ['application/json', 'application/*+json'];

/** Deeper JSON is refused: recursion over it, here or in Postgres, would end at a full stack. */
export const deepestBody = 500;

export type ReadBody = (request: Request, response: Response) => Promise<unknown>;

/**
 * Reads the JSON body of a request; undefined when there is none.
 * @param limitBytes largest body, after unpacking
 * @throws malformed_json, body_too_large, unsupported_media_type, invalid_request
 */
export function createBodyReader(limitBytes: number): ReadBody {
	const parse: RequestHandler = express.json({ limit: limitBytes, type: jsonTypes, strict: false });
	const parsedByExpress: ReadBody = async (request, response) => {
		// False: another type; null: no body at all.
		if (request.is(jsonTypes) === false) throw wrongType(request.get('content-type'));
		await new Promise<void>((resolve, reject) => {
			void parse(request, response, (error?: unknown) => {
				if (error === undefined) resolve();
				else reject(bodyError(error, limitBytes));
			});
		});
		return request.body as unknown;
	};
	return async (request, response) => {
		if (request.headers['content-length'] === '0') return undefined;
		const body = isPlain(request, limitBytes)
			? parsed(await readBytes(request, limitBytes))
			: await parsedByExpress(request, response);
		if (isDeeper(body, deepestBody)) {
			throw new OrchestrationError(
				'invalid_request',
				`Expected JSON nested at most ${deepestBody} deep, got deeper. Flatten the body.`,
			);
		}
		return body;
	};
}

/** As nearly all are: its bytes can be parsed as they come, at a fraction of the cost. */
function isPlain({ headers }: Request, limitBytes: number): boolean {
	const length = Number(headers['content-length']);
	return (
		headers['content-encoding'] === undefined &&
		length > 0 &&
		length <= limitBytes &&
		/^application\/json(; ?charset=utf-8)?$/i.test(headers['content-type'] ?? '')
	);
}

function parsed(bytes: Buffer): unknown {
	const text = bytes.toString('utf8');
	try {
		return JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text) as unknown;
	} catch (error) {
		throw malformed(error);
	}
}

/** What the parser of Express throws carries a stable `type`. */
function bodyError(error: unknown, limitBytes: number): unknown {
	const type = fieldOf(error, 'type');
	switch (type) {
		case 'entity.parse.failed':
			return malformed(error);
		case 'entity.too.large':
			return new OrchestrationError(
				'body_too_large',
				`Expected a body of at most ${limitBytes} bytes. Send less at once, or raise ` +
					'ORCHESTRATION_BODY_LIMIT.',
				{ details: { limitBytes } },
			);
		case 'charset.unsupported':
		case 'encoding.unsupported':
			return new OrchestrationError(
				'unsupported_media_type',
				'Expected JSON in UTF-8, plain or packed with gzip, deflate, br or zstd; got another ' +
					'charset or encoding.',
			);
		case 'request.aborted':
		case 'request.size.invalid':
			return new OrchestrationError(
				'invalid_request',
				'The body ended before its Content-Length. Send it again whole.',
			);
		default:
			return isUnpackError(error)
				? new OrchestrationError(
						'malformed_json',
						'The body could not be unpacked. Check Content-Encoding against what is sent.',
					)
				: error;
	}
}

function malformed(error: unknown): OrchestrationError {
	return new OrchestrationError(
		'malformed_json',
		`Expected JSON, got something that stops being JSON: ${reason(error)}. Check the body ` +
			'with a JSON parser.',
	);
}

function isUnpackError(error: unknown): boolean {
	return /^(Z_|ZSTD_|ERR__)/.test(fieldOf(error, 'code'));
}

function fieldOf(error: unknown, name: 'type' | 'code'): string {
	if (typeof error !== 'object' || error === null || !(name in error)) return '';
	return String((error as Record<typeof name, unknown>)[name]);
}

/** Only the parser's first words: the rest repeats a piece of the body. */
function reason(error: unknown): string {
	const message = error instanceof Error ? error.message : '';
	return /at position \d+/.exec(message)?.[0] ?? 'it ends too early or starts wrong';
}

function wrongType(type: string | undefined): OrchestrationError {
	return new OrchestrationError(
		'unsupported_media_type',
		`Expected Content-Type application/json, got ${type === undefined ? 'none' : JSON.stringify(type.slice(0, 100))}. ` +
			'Send JSON and say so in the header.',
	);
}

function isDeeper(value: unknown, deepest: number): boolean {
	let level: unknown[] = [value];
	for (let depth = 0; level.length > 0; depth++) {
		if (depth > deepest) return true;
		level = level.flatMap(childrenOf);
	}
	return false;
}

function childrenOf(value: unknown): unknown[] {
	if (typeof value !== 'object' || value === null) return [];
	return Object.values(value).filter((child) => typeof child === 'object' && child !== null);
}
