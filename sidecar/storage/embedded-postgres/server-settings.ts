/**
 * Settings given on the command line, so that the folder holds none that could be lost.
 * Chosen for a small idle footprint; a busy installation brings its own Postgres by DATABASE_URL.
 */
export function serverSettings(options: {
	port: number;
	durable: boolean;
}): Record<string, string> {
	return {
		listen_addresses: '127.0.0.1',
		port: String(options.port),
		// Paths of sockets may have 107 bytes at most; a data folder may lie deeper.
		unix_socket_directories: '',
		max_connections: '100',
		shared_buffers: '64MB',
		max_wal_size: '512MB',
		jit: 'off',
		// No helper processes for what is not used here.
		io_method: 'sync',
		max_logical_replication_workers: '0',
		timezone: 'UTC',
		log_timezone: 'UTC',
		logging_collector: 'off',
		log_line_prefix: '',
		log_checkpoints: 'off',
		// Failed statements are ours to report; their text and keys may hold secrets.
		log_min_messages: 'log',
		log_min_error_statement: 'panic',
		log_error_verbosity: 'terse',
		...(options.durable
			? {}
			: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
	};
}

export function settingFlags(settings: Record<string, string>): string[] {
	return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
