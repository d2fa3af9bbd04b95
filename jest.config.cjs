const { esmPackages } = require('./test/support/esm-packages.cjs');

/** @type {import('jest').Config} */
module.exports = {
	testEnvironment: 'node',
	roots: ['<rootDir>/test'],
	testMatch: ['**/*.test.ts'],
	// Takes all of the machine, and minutes: it runs apart, see test/run.cjs.
	testPathIgnorePatterns: process.env.CHAOS_EVENTS ? [] : ['<rootDir>/test/chaos/'],
	modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/sidecar/dist', '<rootDir>/test/n8n'],
	resolver: '<rootDir>/test/support/esm-packages.cjs',
	transform: {
		'^.+\\.[jt]s$': [
			'@swc/jest',
			{
				jsc: { parser: { syntax: 'typescript' }, target: 'es2023', keepClassNames: true },
				module: { type: 'commonjs' },
			},
		],
	},
	transformIgnorePatterns: [`/node_modules/(?!(${esmPackages.join('|')})/)`],
	testTimeout: 30_000,
	// Most of them wait for real n8n: a second worker pays even on two cores.
	maxWorkers: 2,
	errorOnDeprecated: true,
};
