import type { RouteRecordRaw } from 'vue-router';
import type { IconName } from '../components/icons';

/** One entry of the navigation, with what lies below it. */
export interface ConsolePage {
	name: string;
	path: string;
	icon: IconName;
	/** Pressed after g. */
	letter: string;
	/** Words the palette finds it by. */
	about: string;
	routes: RouteRecordRaw[];
}

export const pages: readonly ConsolePage[] = [
	{
		name: 'Overview',
		path: '/',
		icon: 'overview',
		letter: 'o',
		about: 'health, success rate, volume, what is wrong',
		routes: [
			{
				path: '/',
				component: () => import('../pages/overview/OverviewPage.vue'),
				meta: { title: 'Overview' },
			},
		],
	},
	{
		name: 'Workflows',
		path: '/workflows',
		icon: 'workflows',
		letter: 'w',
		about: 'versions, drift, pause, resume, diff',
		routes: [
			{
				path: '/workflows',
				component: () => import('../pages/workflows/WorkflowsPage.vue'),
				meta: { title: 'Workflows' },
			},
			{
				path: '/workflows/:key',
				component: () => import('../pages/workflows/HistoryPage.vue'),
				meta: { title: 'Versions' },
			},
		],
	},
	{
		name: 'Promote',
		path: '/promotions',
		icon: 'promote',
		letter: 'p',
		about: 'plan, approve, apply, roll back, releases',
		routes: [
			{
				path: '/promotions',
				component: () => import('../pages/promote/PromotionsPage.vue'),
				meta: { title: 'Promotions' },
			},
			{
				path: '/promotions/new',
				component: () => import('../pages/promote/NewPromotionPage.vue'),
				meta: { title: 'New promotion' },
			},
			{
				path: '/promotions/:id',
				component: () => import('../pages/promote/PromotionPage.vue'),
				meta: { title: 'Promotion' },
			},
		],
	},
	{
		name: 'Executions',
		path: '/executions',
		icon: 'executions',
		letter: 'e',
		about: 'runs, timeline, cancel, retry',
		routes: [
			{
				path: '/executions',
				component: () => import('../pages/executions/ExecutionsPage.vue'),
				meta: { title: 'Executions' },
			},
			{
				path: '/executions/:id',
				component: () => import('../pages/executions/ExecutionPage.vue'),
				meta: { title: 'Execution' },
			},
		],
	},
];
