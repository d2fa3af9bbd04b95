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

const pack = series(cleanPack, compilePack, bundleCockatiel, copyAssets, checkPack);
const sidecar = series(cleanSidecar, compileSidecar, copyMigrations, bundleWorkflows);

exports['build:pack'] = pack;
exports['build:sidecar'] = sidecar;
exports['check:pack'] = checkPack;
exports.build = series(pack, sidecar);
exports.default = exports.build;
