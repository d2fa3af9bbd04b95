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
	{
		name: 'Dead letters',
		path: '/dead-letters',
		icon: 'letters',
		letter: 'd',
		about: 'incidents, letters, replay, rehearse, discard',
		routes: [
			{
				path: '/dead-letters',
				component: () => import('../pages/dead-letters/DeadLettersPage.vue'),
				meta: { title: 'Dead letters' },
			},
			{
				path: '/dead-letters/replays/:id',
				component: () => import('../pages/dead-letters/BulkReplayPage.vue'),
				meta: { title: 'Bulk replay' },
			},
			{
				path: '/dead-letters/rehearsals/:id',
				component: () => import('../pages/dead-letters/RehearsalPage.vue'),
				meta: { title: 'Rehearsal' },
			},
			{
				path: '/dead-letters/:id',
				component: () => import('../pages/dead-letters/LetterPage.vue'),
				meta: { title: 'Dead letter' },
			},
		],
	},
	{
		name: 'Webhooks',
		path: '/webhooks',
		icon: 'webhooks',
		letter: 'h',
		about: 'endpoints, events, deliveries, Stripe, GitHub, Shopify, Slack',
		routes: [
			{
				path: '/webhooks',
				component: () => import('../pages/webhooks/WebhooksPage.vue'),
				meta: { title: 'Webhooks' },
			},
			{
				path: '/webhooks/new',
				component: () => import('../pages/webhooks/NewEndpointPage.vue'),
				meta: { title: 'New endpoint' },
			},
			{
				path: '/webhooks/endpoints/:name',
				component: () => import('../pages/webhooks/EndpointPage.vue'),
				meta: { title: 'Endpoint' },
			},
			{
				path: '/webhooks/events/:id',
				component: () => import('../pages/webhooks/EventPage.vue'),
				meta: { title: 'Event' },
			},
		],
	},
	{
		name: 'Traffic',
		path: '/traffic',
		icon: 'traffic',
		letter: 't',
		about: 'circuits, rate limits, quotas, leases, retry budgets',
		routes: [
			{
				path: '/traffic',
				component: () => import('../pages/traffic/TrafficPage.vue'),
				meta: { title: 'Traffic' },
			},
			{
				path: '/traffic/circuits/:key',
				component: () => import('../pages/traffic/CircuitPage.vue'),
				meta: { title: 'Circuit' },
			},
			{
				path: '/traffic/rate-limits/:key',
				component: () => import('../pages/traffic/RateLimitPage.vue'),
				meta: { title: 'Rate limit' },
			},
		],
	},
	{
		name: 'Alerts',
		path: '/alerts',
		icon: 'alerts',
		letter: 'a',
		about: 'rules, channels, what is firing',
		routes: [
			{
				path: '/alerts',
				component: () => import('../pages/alerts/AlertsPage.vue'),
				meta: { title: 'Alerts' },
			},
		],
	},
	{
		name: 'Audit',
		path: '/audit',
		icon: 'audit',
		letter: 'u',
		about: 'who did what, and its proof',
		routes: [
			{
				path: '/audit',
				component: () => import('../pages/audit/AuditPage.vue'),
				meta: { title: 'Audit' },
			},
		],
	},
	{
		name: 'Settings',
		path: '/settings',
		icon: 'settings',
		letter: 's',
		about: 'environments, tokens, sessions',
		routes: [
			{
				path: '/settings',
				component: () => import('../pages/settings/SettingsPage.vue'),
				meta: { title: 'Settings' },
			},
			{
				path: '/settings/environments/:name',
				component: () => import('../pages/settings/EnvironmentPage.vue'),
				meta: { title: 'Environment' },
			},
		],
	},
];
