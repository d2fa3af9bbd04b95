import type { Request } from 'express';
import { OrchestrationError } from '../kernel/errors';
import type { RawRequest } from './route';
import { isSecure, type Site } from './site';

export function rawRequestOf(request: Request, site: Site): RawRequest {
	return {
		method: request.method,
		get query() {
			const at = request.originalUrl.indexOf('?');
			return at < 0 ? '' : request.originalUrl.slice(at + 1);
		},
		get headers() {
			return headersOf(request);
		},
		get address() {
			return request.ip ?? 'unknown';
		},
		get secure() {
			return isSecure(site, request);
		},
		read: async (limitBytes) => await readUnpacked(request, limitBytes),
	};
}

function headersOf({ headers }: Request): Record<string, string> {
	const plain: Record<string, string> = {};
	for (const [name, value] of Object.entries(headers)) {
		if (value !== undefined) plain[name] = typeof value === 'string' ? value : value.join(', ');
	}
	return plain;
}

/** @throws unsupported_media_type when it is packed, and as `readBytes` */
async function readUnpacked(request: Request, limitBytes: number): Promise<Buffer> {
	const encoding = request.headers['content-encoding'];
	if (encoding !== undefined && encoding !== 'identity') {
		throw new OrchestrationError(
			'unsupported_media_type',
			'Expected a body that is not packed, since what is verified and kept are its bytes. Send it without Content-Encoding.',
		);
	}
	return await readBytes(request, limitBytes);
}

/** @throws body_too_large, invalid_request when it is cut off */
export async function readBytes(request: Request, limitBytes: number): Promise<Buffer> {
	// Nothing is read of what is too large in its own words.
	if (Number(request.headers['content-length'] ?? 0) > limitBytes) throw tooLarge(limitBytes);
	return await new Promise<Buffer>((resolve, reject) => {
		const chunks: Buffer[] = [];
		let length = 0;
		let isWhole = false;
		// An error is dear to make, and mostly there is none.
		const over = () => {
			if (!isWhole) reject(cutOff());
		};
		request.on('data', (chunk: Buffer) => {
			length += chunk.length;
			if (length <= limitBytes) chunks.push(chunk);
			else {
				request.pause();
				reject(tooLarge(limitBytes));
			}
		});
		request.once('end', () => {
			isWhole = true;
			resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, length));
		});
		request.once('error', over);
		request.once('close', over);
	});
}

function tooLarge(limitBytes: number): OrchestrationError {
	return new OrchestrationError(
		'body_too_large',
		`Expected a body of at most ${limitBytes} bytes. Send less at once, or raise maxBytes of the endpoint.`,
		{ details: { limitBytes } },
	);
}

function cutOff(): OrchestrationError {
	return new OrchestrationError(
		'invalid_request',
		'The body ended before its Content-Length. Send it again whole.',
	);
}
