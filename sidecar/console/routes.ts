import { createRouter, createWebHistory, type RouteRecordRaw, type Router } from 'vue-router';
import { environmentFilter } from './shell/environment-filter';
import { pages } from './shell/pages';

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
	return router;
}

/** A screen reader and the Tab key go on from the new page. */
function focusMain(): void {
	requestAnimationFrame(() => document.getElementById('main')?.focus({ preventScroll: true }));
}
