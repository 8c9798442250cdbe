/** Nobody hears of it. */
export function quiet(): void {}
