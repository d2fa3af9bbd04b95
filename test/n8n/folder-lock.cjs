/**
 * One at a time over processes: whoever makes the lock folder holds the lock. A holder touches it
 * while it works, so a lock that is no longer touched, or whose process is gone, can be taken over.
 */
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { setTimeout: pause } = require('node:timers/promises');

const TOUCH_EVERY_MS = 5_000;
const STALE_AFTER_MS = 60_000;
const LOOK_EVERY_MS = 200;

function isAlive(pid) {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return error.code === 'EPERM';
	}
}

function readIfThere(file) {
	try {
		return fs.readFileSync(file, 'utf8');
	} catch (error) {
		if (error.code === 'ENOENT') return undefined;
		throw error;
	}
}

function isStale(folder) {
	const touched = fs.statSync(folder, { throwIfNoEntry: false })?.mtimeMs;
	if (touched === undefined) return false;
	const [pid, host] = (readIfThere(path.join(folder, 'holder')) ?? '').split(' ');
	if (pid && host === os.hostname() && !isAlive(Number(pid))) return true;
	return Date.now() - touched > STALE_AFTER_MS;
}

/** Moved away first: of several that find it stale, one moves it. */
function discard(folder) {
	const aside = `${folder}.stale-${process.pid}`;
	try {
		fs.renameSync(folder, aside);
	} catch (error) {
		if (error.code === 'ENOENT') return;
		throw error;
	}
	fs.rmSync(aside, { recursive: true, force: true });
}

function tryToTake(folder) {
	try {
		fs.mkdirSync(folder);
	} catch (error) {
		if (error.code !== 'EEXIST') throw error;
		if (isStale(folder)) discard(folder);
		return false;
	}
	fs.writeFileSync(path.join(folder, 'holder'), `${process.pid} ${os.hostname()}`);
	return true;
}

/**
 * Runs `work` while holding the lock `folder`; waits for another holder first, as long as that one
 * is alive. `onWait` is called once when it has to wait.
 */
async function withFolderLock(folder, work, onWait = () => undefined) {
	fs.mkdirSync(path.dirname(folder), { recursive: true });
	let waited = false;
	while (!tryToTake(folder)) {
		if (!waited) onWait();
		waited = true;
		await pause(LOOK_EVERY_MS);
	}
	const touch = setInterval(() => {
		const now = new Date();
		if (fs.existsSync(folder)) fs.utimesSync(folder, now, now);
	}, TOUCH_EVERY_MS);
	touch.unref();
	try {
		return await work();
	} finally {
		clearInterval(touch);
		fs.rmSync(folder, { recursive: true, force: true });
	}
}

module.exports = { withFolderLock, isAlive, readIfThere };
