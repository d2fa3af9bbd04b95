import { createRouter, createWebHistory, type RouteRecordRaw, type Router } from 'vue-router';
import { noteUnreachable } from './api/client';
import { environmentFilter } from './shell/environment-filter';
import { pages } from './shell/pages';

/** When what is on screen first has been fetched. */
const aheadMs = 2_000;

const routes: RouteRecordRaw[] = [
	...pages.flatMap(({ routes }) => routes),
	// Where a refused sign-in lands; the page itself is shown to whoever is not signed in.
	{ path: '/sign-in', redirect: ({ query }) => ({ path: '/', query }) },
	{
		path: '/:rest(.*)*',
		component: () => import('./shell/NotFoundPage.vue'),
		meta: { title: 'Not found' },
	},
];

export function createRoutes(): Router {
	const router = createRouter({
		history: createWebHistory(),
		routes,
		scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
	});
	// A link may say which environment it means: /executions?environment=production
	router.beforeEach((to) => {
		const { environment } = to.query;
		if (typeof environment === 'string') environmentFilter.value = environment || null;
	});
	router.afterEach((to, from) => {
		document.title = `${to.meta.title ?? 'Console'} · n8n Orchestration`;
		if (to.path !== from.path && from.matched.length > 0) focusMain();
	});
	router.onError(pageNotFetched);
	fetchPagesAhead();
	return router;
}

/** A page that was not opened yet cannot be fetched: the sidecar is away, or is a newer one by now. */
function pageNotFetched(_error: unknown, to: { fullPath: string }): void {
	fetch('/readyz').then(
		() => location.assign(to.fullPath),
		() => noteUnreachable(),
	);
}

/** So that going to a page does not wait for its code. A page that fails here is fetched when opened. */
function fetchPagesAhead(): void {
	setTimeout(() => {
		for (const { component } of routes) {
			if (typeof component === 'function')
				(component as () => Promise<unknown>)().catch(() => undefined);
		}
	}, aheadMs);
}

/** A screen reader and the Tab key go on from the new page. */
function focusMain(): void {
	requestAnimationFrame(() => document.getElementById('main')?.focus({ preventScroll: true }));
}
