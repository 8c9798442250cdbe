/** Nobody hears of it. */
export function silence(): void {}
