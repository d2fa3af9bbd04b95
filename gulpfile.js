const { execFileSync } = require('node:child_process');
const {
	cpSync,
	mkdtempSync,
	mkdirSync,
	readFileSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} = require('node:fs');
const { tmpdir } = require('node:os');
const { basename, join } = require('node:path');
const { gzipSync } = require('node:zlib');
const { build: bundle } = require('esbuild');
const { dest, series, src } = require('gulp');

const root = __dirname;
const run = (file, args, options = {}) => execFileSync(file, args, { cwd: root, ...options });
const tsc = (...args) =>
	run(process.execPath, [require.resolve('typescript/bin/tsc'), ...args], { stdio: 'inherit' });

async function cleanPack() {
	rmSync(join(root, 'dist'), { recursive: true, force: true });
}

/** Types of the sidecar's contract are read on the way, but nothing of them may be packed. */
async function compilePack() {
	tsc('-p', 'tsconfig.json', '--declaration', 'false');
	rmSync(join(root, 'dist', 'sidecar'), { recursive: true, force: true });
}

/** A pack brings no dependencies: what we use of cockatiel goes into the one file that names it. */
async function bundleCockatiel() {
	await bundle({
		entryPoints: [join(root, 'nodes/shared/cockatiel.ts')],
		outfile: join(root, 'dist/nodes/shared/cockatiel.js'),
		bundle: true,
		platform: 'node',
		format: 'cjs',
		target: 'node20',
		legalComments: 'inline',
		banner: { js: '/*! Contains cockatiel, MIT License, (c) Connor Peet */' },
		logLevel: 'warning',
	});
}

const copyAssets = () =>
	src(['nodes/**/*.{svg,node.json}', 'credentials/**/*.svg'], { base: root, encoding: false }).pipe(
		dest('dist'),
	);

/** Fails the build when the pack would hold, or need, anything it must not. */
async function checkPack() {
	const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
	const needed = ['dependencies', 'bundleDependencies', 'optionalDependencies'].filter(
		(field) => Object.keys(manifest[field] ?? {}).length > 0,
	);
	if (needed.length > 0) throw new Error(`A node pack may not have ${needed.join(', ')}`);

	const [{ files }] = JSON.parse(run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts']));
	const allowed =
		/^(dist\/(nodes|credentials)\/.+\.(js|json|svg)|README\.md|LICENSE|package\.json)$/;
	const strangers = files.map(({ path }) => path).filter((path) => !allowed.test(path));
	if (strangers.length > 0) throw new Error(`These may not be packed: ${strangers.join(', ')}`);

	const entries = [...manifest.n8n.nodes, ...manifest.n8n.credentials];
	loadAsN8nDoes(entries.map((file) => ({ file, name: basename(file).split('.')[0] })));
}

/** In a folder with nothing but the pack and n8n-workflow. */
function loadAsN8nDoes(entries) {
	const folder = mkdtempSync(join(tmpdir(), 'n8n-pack-check-'));
	try {
		const modules = join(folder, 'node_modules');
		mkdirSync(modules);
		symlinkSync(join(root, 'node_modules/n8n-workflow'), join(modules, 'n8n-workflow'), 'junction');
		cpSync(join(root, 'dist'), join(folder, 'dist'), { recursive: true });
		const load = `for (const { file, name } of ${JSON.stringify(entries)}) {
			const made = new (require('./' + file)[name])();
			if (!(made.description ?? made).name) throw new Error(file + ' has no name');
		}`;
		run(process.execPath, ['-e', load], { cwd: folder, stdio: 'inherit' });
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

async function cleanSidecar() {
	rmSync(join(root, 'sidecar/dist'), { recursive: true, force: true });
}

async function compileSidecar() {
	tsc('-p', 'sidecar/tsconfig.json');
}

const copyMigrations = () =>
	src('sidecar/storage/migrations/*.sql', { encoding: false }).pipe(
		dest('sidecar/dist/storage/migrations'),
	);

/** What a worker runs is bundled once, here, and not at each start. */
async function bundleWorkflows() {
	const { bundleWorkflowCode, DefaultLogger } = require('@temporalio/worker');
	const folder = join(root, 'sidecar/dist/engines/temporal/orchestration');
	const { code } = await bundleWorkflowCode({
		workflowsPath: join(folder, 'workflows.js'),
		logger: new DefaultLogger('WARN'),
	});
	writeFileSync(join(folder, 'workflow-bundle.js'), code);
}

async function bundleConsole() {
	const { build } = await import('vite');
	await build({ configFile: join(root, 'sidecar/console/vite.config.mts'), logLevel: 'warn' });
}

/** What the first page needs, compressed, may not grow past what a phone loads at once. */
async function checkConsole() {
	const folder = join(root, 'sidecar/dist/console');
	const manifest = JSON.parse(readFileSync(join(folder, '.vite/manifest.json'), 'utf8'));
	const entry = Object.values(manifest).find(({ isEntry }) => isEntry);
	const first = new Set();
	const take = ({ file, imports = [] }) => {
		if (first.has(file)) return;
		first.add(file);
		for (const name of imports) take(manifest[name]);
	};
	take(entry);
	take(manifest['pages/overview/OverviewPage.vue']);
	const bytes = [...first]
		.map((file) => gzipSync(readFileSync(join(folder, file))).length)
		.reduce((sum, each) => sum + each, 0);
	if (bytes > 250_000) {
		throw new Error(`The first page may load 250000 bytes of compressed JavaScript, not ${bytes}`);
	}
	if (/<style|<script(?![^>]*src=)|style=/.test(readFileSync(join(folder, 'index.html'), 'utf8'))) {
		throw new Error('index.html has something inline, which its content security policy refuses');
	}
	console.log(
		`console: ${Math.round(bytes / 1000)} kB of compressed JavaScript for the first page`,
	);
}

const pack = series(cleanPack, compilePack, bundleCockatiel, copyAssets, checkPack);
const sidecar = series(cleanSidecar, compileSidecar, copyMigrations, bundleWorkflows);

const operatorsPage = series(bundleConsole, checkConsole);

exports['build:pack'] = pack;
exports['build:sidecar'] = sidecar;
exports['build:console'] = operatorsPage;
exports['check:pack'] = checkPack;
exports.build = series(pack, sidecar, operatorsPage);
exports.default = exports.build;
