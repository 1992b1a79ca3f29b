// Files and folders that were chosen or dropped, as a list of paths and files.

async function filesOf(entry, prefix, found) {
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
    found.push({ path: prefix + entry.name, file });
    return;
  }

  const reader = entry.createReader();
  const read = () => new Promise((resolve, reject) => reader.readEntries(resolve, reject));

  // The reader gives some entries at a time, and none at the end.
  for (let entries = await read(); entries.length > 0; entries = await read()) {
    for (const child of entries) {
      await filesOf(child, `${prefix}${entry.name}/`, found);
    }
  }
}

/** What was dropped. Take the entries before the first await: they are gone after it. */
export async function dropped(transfer) {
  const entries = [...transfer.items].map(item => item.webkitGetAsEntry?.()).filter(entry => entry);
  const found = [];
  if (entries.length === 0) {
    return chosen(transfer.files);
  }

  for (const entry of entries) {
    await filesOf(entry, '', found);
  }

  return { files: found, folder: entries.length === 1 && entries[0].isDirectory ? entries[0].name : null };
}

/** What was chosen in a dialog. */
export function chosen(list) {
  const files = [...list].map(file => ({ path: file.webkitRelativePath || file.name, file }));
  const folder = files[0]?.path.includes('/') ? files[0].path.split('/', 1)[0] : null;
  return { files, folder };
}
