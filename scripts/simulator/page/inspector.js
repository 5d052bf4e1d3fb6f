export function paintInspector() {}
