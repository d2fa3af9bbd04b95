/** Temporary folders named by their owner, so that what a killed process left behind can be told. */
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { isAlive } = require('../../n8n/folder-lock.cjs');

/** orchestration-<what>-<process id of the owner>-<random> */
const OURS = /^orchestration-[a-z0-9]+-(\d+)-/;
const mine = new Set();

process.on('exit', () => mine.forEach(remove));

function ownTemporaryFolder(what) {
	removeStaleFolders();
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), `orchestration-${what}-${process.pid}-`));
	mine.add(folder);
	return folder;
}

function sharedTemporaryFolder(what) {
	removeStaleFolders();
	const folder = path.join(os.tmpdir(), `orchestration-${what}-${process.pid}-shared`);
	fs.mkdirSync(folder, { recursive: true });
	mine.add(folder);
	return folder;
}

function removeStaleFolders() {
	for (const name of fs.readdirSync(os.tmpdir())) {
		const owner = OURS.exec(name)?.[1];
		if (owner && !isAlive(Number(owner))) remove(path.join(os.tmpdir(), name));
	}
}

function remove(folder) {
	fs.rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}

module.exports = { ownTemporaryFolder, sharedTemporaryFolder, removeStaleFolders };
