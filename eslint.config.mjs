import communityNodes from '@n8n/eslint-plugin-community-nodes';
import { createNodeResolver, importX } from 'eslint-plugin-import-x';
import vue from 'eslint-plugin-vue';
import tseslint from 'typescript-eslint';
import vueParser from 'vue-eslint-parser';

import {
	browserRule,
	packageRule,
	sidecarSyntax,
	valueImportRule,
	zones,
} from './eslint.import-table.mjs';

const typed = ['nodes', 'credentials', 'sidecar', 'test'].map((room) => `${room}/**/*.ts`);
const packFiles = ['nodes/**/*.ts', 'credentials/**/*.ts'];

export default tseslint.config(
	{
		ignores: [
			'**/dist/',
			'**/node_modules/',
			'**/coverage/',
			'.orchestration/',
			'.demo/',
			'sidecar/console/api/schema.d.ts',
			'test/bench/results.json',
		],
	},
	{ linterOptions: { reportUnusedDisableDirectives: 'error' } },
	{
		files: ['**/*.{ts,mts,vue,mjs,cjs,js}'],
		plugins: { 'import-x': importX },
		settings: {
			'import-x/resolver-next': [
				createNodeResolver({ extensions: ['.ts', '.js', '.cjs', '.mjs', '.json'] }),
			],
		},
	},
	...vue.configs['flat/recommended'].map((config) => ({
		...config,
		files: ['sidecar/console/**/*.vue'],
	})),
	{
		files: ['**/*.{ts,mts,vue}'],
		extends: [...tseslint.configs.recommended],
		rules: {
			eqeqeq: 'error',
			'no-console': 'off',
			'@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
			'@typescript-eslint/no-unused-vars': [
				'error',
				{ argsIgnorePattern: '^_', varsIgnorePattern: '^_' },
			],
			'import-x/no-default-export': 'error',
			'import-x/no-cycle': 'error',
			'no-restricted-syntax': [
				'error',
				{ selector: 'TSEnumDeclaration', message: 'Use a union of string literals.' },
			],
		},
	},
	{
		files: ['**/*.vue'],
		languageOptions: { parser: vueParser, parserOptions: { parser: tseslint.parser } },
		rules: {
			// Prettier's business.
			'vue/html-indent': 'off',
			'vue/html-self-closing': 'off',
			'vue/html-closing-bracket-newline': 'off',
			'vue/first-attribute-linebreak': 'off',
			'vue/max-attributes-per-line': 'off',
			'vue/multiline-html-element-content-newline': 'off',
			'vue/singleline-html-element-content-newline': 'off',
			// A prop that is not given is undefined, and its type says so.
			'vue/require-default-prop': 'off',
			// What the content security policy would refuse, or what would let a payload run.
			'vue/no-static-inline-styles': ['error', { allowBinding: true }],
			'vue/no-v-html': 'error',
			'vue/block-lang': ['error', { script: { lang: 'ts' } }],
			'vue/component-api-style': ['error', ['script-setup']],
		},
	},
	{
		files: typed,
		languageOptions: {
			parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
		},
		rules: {
			'@typescript-eslint/await-thenable': 'error',
			'@typescript-eslint/no-floating-promises': 'error',
			'@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
			'@typescript-eslint/switch-exhaustiveness-check': [
				'error',
				{ considerDefaultExhaustiveForUnions: true },
			],
		},
	},
	{
		files: ['**/{utils,util,helpers,helper,common,manager,types,lib}.{ts,js,cjs,mjs}'],
		rules: {
			'no-restricted-syntax': [
				'error',
				{ selector: 'Program', message: 'Name the file after the one thing it holds.' },
			],
		},
	},
	{
		files: ['sidecar/**/*.{ts,vue}', ...packFiles],
		rules: { 'import-x/no-restricted-paths': ['error', { basePath: import.meta.dirname, zones }] },
	},
	{
		files: ['sidecar/**/*.ts'],
		ignores: ['sidecar/console/**'],
		rules: {
			'no-console': 'error',
			'no-restricted-syntax': ['error', ...sidecarSyntax()],
			'@typescript-eslint/no-restricted-imports': packageRule(),
		},
	},
	{ files: ['sidecar/main.ts', 'sidecar/process.ts'], rules: { 'no-console': 'off' } },
	{
		files: ['sidecar/config.ts'],
		rules: { 'no-restricted-syntax': ['error', ...sidecarSyntax('environment')] },
	},
	{
		files: ['sidecar/kernel/clock.ts', 'sidecar/engines/temporal/orchestration/workflow-clock.ts'],
		rules: { 'no-restricted-syntax': ['error', ...sidecarSyntax('time')] },
	},
	{
		files: ['sidecar/storage/**/*.ts'],
		rules: { '@typescript-eslint/no-restricted-imports': packageRule({ allow: ['postgres'] }) },
	},
	{
		files: ['sidecar/http/**/*.ts'],
		rules: { '@typescript-eslint/no-restricted-imports': packageRule({ allow: ['express'] }) },
	},
	{
		files: ['sidecar/engines/temporal/**/*.ts'],
		rules: { '@typescript-eslint/no-restricted-imports': packageRule({ allow: ['temporal'] }) },
	},
	{
		files: ['sidecar/console/**/*.{ts,mts,vue}'],
		ignores: ['sidecar/console/vite.config.mts'],
		rules: { 'no-console': 'error', '@typescript-eslint/no-restricted-imports': browserRule },
	},
	{ files: ['sidecar/console/vite.config.mts'], rules: { 'import-x/no-default-export': 'off' } },
	...valueImportRule,
	{ ...communityNodes.configs.recommendedWithoutN8nCloudSupport, files: packFiles },
	{
		files: packFiles,
		rules: {
			'@typescript-eslint/no-restricted-imports': packageRule({
				allow: ['n8n'],
				contractTypesOnly: true,
			}),
			'no-restricted-globals': ['error', 'setTimeout', 'setInterval', 'setImmediate', 'process'],
		},
	},
	{
		files: ['nodes/shared/cockatiel.ts'],
		rules: {
			'@typescript-eslint/no-restricted-imports': packageRule({
				allow: ['n8n', 'cockatiel'],
				contractTypesOnly: true,
			}),
		},
	},
);
