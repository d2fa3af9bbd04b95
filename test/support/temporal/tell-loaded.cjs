/** Preloaded into a sidecar: on SIGUSR2 it writes down which modules of Temporal it has loaded. */
const { renameSync, writeFileSync } = require('node:fs');

process.on('SIGUSR2', () => {
	const loaded = Object.keys(require.cache).filter((file) => file.includes('@temporalio'));
	const file = process.env.TELL_LOADED;
	writeFileSync(`${file}.part`, JSON.stringify(loaded));
	renameSync(`${file}.part`, file);
});
