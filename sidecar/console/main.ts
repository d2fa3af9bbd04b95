import './design/tokens.css';
import './design/base.css';
import { VueQueryPlugin } from '@tanstack/vue-query';
import { createApp } from 'vue';
import App from './App.vue';
import { createQueries } from './api/queries';
import { createRoutes } from './routes';

createApp(App)
	.use(createRoutes())
	.use(VueQueryPlugin, { queryClient: createQueries() })
	.mount('#app');
