import vue from '@vitejs/plugin-vue';
import { defineConfig, loadEnv, type Plugin } from 'vite';

/** Nothing inline: the sidecar's content security policy lets nothing else than its own files run. */
export default defineConfig(({ mode }) => ({
	root: import.meta.dirname,
	plugins: [vue(), devSidecar(mode)],
	build: {
		outDir: '../dist/console',
		emptyOutDir: true,
		assetsInlineLimit: 0,
		target: ['chrome123', 'edge123', 'firefox121', 'safari17.5'],
		manifest: true,
		reportCompressedSize: false,
		chunkSizeWarningLimit: 600,
	},
}));

/**
 * Only for `npm run dev -w sidecar/console`: sends the API to the sidecar at CONSOLE_SIDECAR (default
 * http://127.0.0.1:5680). With CONSOLE_TOKEN nobody signs in: that token is sent along.
 */
function devSidecar(mode: string): Plugin {
	const env = loadEnv(mode, '.', 'CONSOLE_');
	const token = env['CONSOLE_TOKEN'];
	const target = {
		target: env['CONSOLE_SIDECAR'] ?? 'http://127.0.0.1:5680',
		changeOrigin: true,
		...(token && { headers: { authorization: `Bearer ${token}` } }),
	};
	return {
		name: 'dev-sidecar',
		apply: 'serve',
		config: () => ({
			server: { proxy: { '/api': target, '/session': target, '/readyz': target } },
		}),
		configureServer: ({ middlewares }) => {
			if (!token) return;
			middlewares.use('/session', (request, response, next) => {
				if (request.method !== 'GET' || request.url !== '/') return next();
				response.setHeader('content-type', 'application/json');
				const session = { user: 'dev', role: 'admin', environments: null, csrfToken: 'none' };
				response.end(JSON.stringify(session));
			});
		},
	};
}
