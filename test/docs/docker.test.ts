import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { repository } from './markdown';

const read = (file: string) => readFileSync(path.join(repository, file), 'utf8');
const compose = read('docker/compose.yaml');
const dockerfiles = ['docker/sidecar.Dockerfile', 'docker/n8n.Dockerfile'];

const required = [...compose.matchAll(/\$\{([A-Z0-9_]+):\?([^}]+)\}/g)];
const optional = [...compose.matchAll(/\$\{([A-Z0-9_]+):-/g)].map(([, name = '']) => name);

/** The text of one service. */
const serviceOf = (name: string) =>
	new RegExp(`^ {2}${name}:\\n((?: {4}.*\\n|\\n(?= {4}))+)`, 'm').exec(compose)?.[1] ?? '';

it('asks for every secret and says what to do, each of them explained in .env.example', () => {
	const examples = [...read('docker/.env.example').matchAll(/^([A-Z0-9_]+)=(.*)$/gm)];
	expect(examples.map(([, name]) => name).sort()).toEqual(
		[...new Set(required.map(([, name = '']) => name))].sort(),
	);
	expect(examples.filter(([, , value]) => value !== '')).toEqual([]);
	for (const [, , message] of required) expect(message).toContain('docker/.env.example');
});

it('has no default for anything secret', () => {
	expect(optional.filter((name) => /PASSWORD|TOKEN|KEY|SECRET|URL/.test(name))).toEqual([]);
	expect(compose).not.toMatch(/(PASSWORD|TOKEN|KEY): [^$\s]/);
});

it('watches the health of every service', () => {
	const [, section = ''] = /^services:\n([\s\S]*?)^\S/m.exec(compose) ?? [];
	const services = [...section.matchAll(/^ {2}([a-z0-9-]+):$/gm)].map(([, name]) => name);
	const ofTemporal = ['temporal-postgres', 'temporal', 'temporal-ui', 'worker'];
	expect(services).toEqual(['postgres', 'sidecar', 'n8n-dev', 'n8n-production', ...ofTemporal]);
	expect(compose).toContain('pg_isready');
	for (const name of ofTemporal) {
		expect(serviceOf(name)).toContain('profiles: [temporal]');
		expect(serviceOf(name)).toContain('healthcheck:');
	}
	for (const file of dockerfiles) expect(read(file)).toMatch(/^HEALTHCHECK /m);
});

it('publishes nothing but on this machine', () => {
	const published = [...compose.matchAll(/ports: \[(.+)\]/g)].map(([, ports]) => ports);
	expect(published.length).toBeGreaterThan(3);
	for (const ports of published) expect(ports).toMatch(/^'127\.0\.0\.1:\d+:\d+'$/);
});

it('runs the worker that the build makes, from the image of the sidecar', () => {
	expect(serviceOf('worker')).toContain('command: [node, sidecar/dist/worker.js]');
	expect(read('package.json')).toContain('"worker": "node sidecar/dist/worker.js"');
	expect(existsSync(path.join(repository, 'sidecar/worker.ts'))).toBe(true);
});

it('runs the Temporal server of the same minor version as the tests', () => {
	const version = /temporalio\/auto-setup:(\d+\.\d+)/.exec(compose)?.[1];
	expect(read('CONTRIBUTING.md')).toContain(`A Temporal ${version} server`);
});

it('lets the sidecar call the n8n beside it and Temporal', () => {
	const allowed = /ORCHESTRATION_ALLOWED_ADDRESSES: (\S+)/.exec(compose)?.[1]?.split(',');
	expect(allowed).toEqual(['n8n-dev', 'n8n-production', 'temporal']);
});

it.each(dockerfiles)('%s copies only what the build context has', (file) => {
	const ignored = read('.dockerignore').split('\n');
	const copied = [...read(file).matchAll(/^COPY (?!--from)(?:--\S+ )?(.+) \S+$/gm)].flatMap(
		([, sources = '']) => sources.split(' '),
	);
	expect(copied.length).toBeGreaterThan(0);
	for (const source of copied) {
		expect(existsSync(path.join(repository, source))).toBe(true);
		const top = source.startsWith('docker/') ? source : source.split('/')[0];
		expect(ignored).toContain(`!${top}`);
	}
});

it('does not run as root', () => {
	for (const name of ['temporal', 'temporal-ui']) {
		expect(serviceOf(name)).toContain('user: temporal');
	}
	expect(read('docker/sidecar.Dockerfile')).toMatch(/^USER node$/m);
	// The base image of n8n has its own user already.
	expect(read('docker/n8n.Dockerfile')).not.toMatch(/^USER/m);
});

it('runs the n8n that the tests run', () => {
	const { dependencies } = JSON.parse(read('test/n8n/package.json')) as {
		dependencies: Record<string, string>;
	};
	expect(read('docker/n8n.Dockerfile')).toContain(`FROM n8nio/n8n:${dependencies['n8n']}\n`);
});

it('starts n8n through a script that a shell can read', () => {
	execFileSync('sh', ['-n', path.join(repository, 'docker/n8n-entrypoint.sh')]);
});
