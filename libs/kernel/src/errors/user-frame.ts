const ownFiles = new URL('..', import.meta.url).pathname;

/**
 * Where in the user's code a stack was taken, as a frame of it: the first that is neither Fermata's own nor Node's.
 * @param otherOwnFiles folders of the caller, which count as Fermata's own
 */
export function userFrame(stack: string, otherOwnFiles: readonly string[] = []): string | undefined {
  const own = [ownFiles, ...otherOwnFiles];
  const frames = stack.split('\n').map((line) => line.trim());
  return frames.find((frame) => frame.startsWith('at ') && !isOf(own, frame));
}

function isOf(folders: readonly string[], frame: string): boolean {
  const isNodes = frame.includes('node:') || frame.includes('(<anonymous>)') || frame.startsWith('at async Promise.');
  return isNodes || folders.some((folder) => frame.includes(folder));
}
