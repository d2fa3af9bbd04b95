/** Paths on a 16 px grid, drawn with a stroke. */
export const icons = {
	overview: 'M2.5 9.5h3v4h-3zM6.5 5.5h3v8h-3zM10.5 2.5h3v11h-3z',
	workflows: 'M2 4.5h4v3H2zM10 2.5h4v3h-4zM10 10.5h4v3h-4zM6 6h2V4h2M8 6v6h2',
	promote: 'M8 13V3M4 7l4-4 4 4M3 13.5h10',
	executions: 'M4 2.5l9 5.5-9 5.5z',
	letters: 'M2 4h12v8.5H2zM2 4.5l6 4.5 6-4.5',
	webhooks:
		'M5.5 10.5a2.5 2.5 0 1 1-2-4M6 5a2.5 2.5 0 1 1 4.5 1.5L8.5 10h4M12.5 8.5a2.5 2.5 0 1 1-2 4.5H6',
	traffic: 'M2 11a6 6 0 0 1 12 0M8 11l3-4M2 11h2M12 11h2',
	alerts: 'M8 2a4 4 0 0 0-4 4c0 4-1.5 5-1.5 5h11S12 10 12 6a4 4 0 0 0-4-4zM6.5 13.5h3',
	audit: 'M4 2.5h8v11H4zM6 5.5h4M6 8h4M6 10.5h2',
	settings:
		'M2 5h6M12 5h2M2 11h2M8 11h6M8 5a2 2 0 1 0 4 0 2 2 0 1 0-4 0M4 11a2 2 0 1 0 4 0 2 2 0 1 0-4 0',
	search: 'M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 1 0 0-9zM10.5 10.5l3 3',
	menu: 'M2.5 4.5h11M2.5 8h11M2.5 11.5h11',
	close: 'M4 4l8 8M12 4l-8 8',
	sun: 'M8 5.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 1 0 0-5zM8 1.5v1.5M8 13v1.5M1.5 8H3M13 8h1.5M3.4 3.4l1 1M11.6 11.6l1 1M12.6 3.4l-1 1M4.4 11.6l-1 1',
	moon: 'M13 9.5A5.5 5.5 0 0 1 6.5 3a5.5 5.5 0 1 0 6.5 6.5z',
	check: 'M3 8.5l3.5 3.5L13 4.5',
	cross: 'M4 4l8 8M12 4l-8 8',
	warning: 'M8 2.5l6.5 11h-13zM8 6.5v3M8 11.4v.1',
	info: 'M8 2a6 6 0 1 0 0 12A6 6 0 1 0 8 2zM8 7.5V11M8 5v.1',
	right: 'M6 3.5l4.5 4.5L6 12.5',
	down: 'M3.5 6L8 10.5 12.5 6',
	arrow: 'M3 8h10M9 4l4 4-4 4',
	pause: 'M5.5 3.5v9M10.5 3.5v9',
	play: 'M5 3.5v9l7-4.5z',
	retry: 'M13 8a5 5 0 1 1-1.5-3.5L13 6M13 2.5V6H9.5',
	undo: 'M3 6.5h6.5a3.5 3.5 0 0 1 0 7H6M3 6.5L6 3.5M3 6.5l3 3',
	minus: 'M3 8h10',
	fit: 'M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10',
	plus: 'M8 3v10M3 8h10',
	out: 'M6.5 2.5h-4v11h4M10 5l3 3-3 3M13 8H6',
	help: 'M8 2a6 6 0 1 0 0 12A6 6 0 1 0 8 2zM6 6.5a2 2 0 1 1 2.5 2c-.5.2-.5.5-.5 1M8 11.5v.1',
	copy: 'M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3',
	lock: 'M4 7.5h8v6H4zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5',
	dot: 'M8 7a1 1 0 1 0 0 2 1 1 0 1 0 0-2z',
	clock: 'M8 2a6 6 0 1 0 0 12A6 6 0 1 0 8 2zM8 4.5V8l2.5 1.5',
	branch:
		'M4.5 5.5v5M4.5 2.5a1.5 1.5 0 1 0 0 3 1.5 1.5 0 1 0 0-3zM4.5 10.5a1.5 1.5 0 1 0 0 3 1.5 1.5 0 1 0 0-3zM11.5 2.5a1.5 1.5 0 1 0 0 3 1.5 1.5 0 1 0 0-3zM11.5 5.5c0 3-3 3.5-7 5',
} as const;

export type IconName = keyof typeof icons;
