import { existsSync } from 'node:fs';
import { join } from 'node:path';
import compression from 'compression';
import express, { type Request, type RequestHandler, type Response, Router } from 'express';
import { contextOf } from './request-context';
import { consoleHeaders } from './site';

/** What belongs to the API, whether there is something or not: a misspelt path gets a problem. */
const notPages = /^\/(api|hooks|session|problems|metrics|healthz|readyz|openapi\.json)(\/|$)/;

/**
 * The console: its files, and its one page at every address that a person may open.
 * @param folder of the built console; null, or without one in it: a page that says how to build it
 */
export function serveConsole(folder: string | null): RequestHandler {
	const router = Router({ caseSensitive: true });
	const isBuilt = folder !== null && existsSync(join(folder, 'index.html'));
	if (isBuilt) {
		router.use('/assets', compression(), express.static(join(folder, 'assets'), assets));
		router.use(compression(), express.static(folder, others));
	}
	router.use((request, response, next) => {
		if (!isPage(request)) {
			next();
			return;
		}
		contextOf(request).route = 'console';
		response.set(consoleHeaders).set('Cache-Control', 'no-cache').type('html');
		if (isBuilt) sendPage(response, folder, next);
		else response.status(503).send(notBuilt);
	});
	return router;
}

/** Their names carry a hash of what is in them. */
const assets = { ...filesKept('public, max-age=31536000, immutable'), redirect: false };
const others = { ...filesKept('no-cache'), redirect: false };

function filesKept(cacheControl: string) {
	return {
		index: false as const,
		cacheControl: false,
		setHeaders: (response: Response) => {
			// For logs and metrics, which must not have one series for each file.
			contextOf(response.req).route = 'console';
			response.set('Cache-Control', cacheControl);
		},
	};
}

function isPage(request: Request): boolean {
	if (!['GET', 'HEAD'].includes(request.method) || notPages.test(request.path)) return false;
	// A file that is not there is not the page.
	const isFile = /\.\w+$/.test(request.path);
	return !isFile && request.accepts('json', 'html') === 'html';
}

function sendPage(response: Response, root: string, next: (error?: unknown) => void): void {
	response.sendFile('index.html', { root, cacheControl: false }, (error?: Error) => {
		if (error && !response.headersSent) next(error);
	});
}

const notBuilt = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>The console is not built</title>
<h1>The console is not built</h1>
<p>This sidecar runs, but its web console was not built with it. Run <code>npm run build</code> and start
it again. The API works: <a href="/openapi.json">/openapi.json</a> says what there is.</p>
</html>
`;
