import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { repository } from './markdown';

const read = (file: string) => readFileSync(path.join(repository, file), 'utf8');
const compose = read('docker/compose.yaml');
const dockerfiles = ['docker/sidecar.Dockerfile', 'docker/n8n.Dockerfile'];

const required = [...compose.matchAll(/\$\{([A-Z0-9_]+):\?([^}]+)\}/g)];
const optional = [...compose.matchAll(/\$\{([A-Z0-9_]+):-/g)].map(([, name = '']) => name);

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
	expect(services).toEqual(['postgres', 'sidecar', 'n8n-dev', 'n8n-production']);
	expect(compose).toContain('pg_isready');
	for (const file of dockerfiles) expect(read(file)).toMatch(/^HEALTHCHECK /m);
});

it('lets the sidecar call the n8n beside it', () => {
	const allowed = /ORCHESTRATION_ALLOWED_ADDRESSES: (\S+)/.exec(compose)?.[1]?.split(',');
	expect(allowed).toEqual(['n8n-dev', 'n8n-production']);
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
