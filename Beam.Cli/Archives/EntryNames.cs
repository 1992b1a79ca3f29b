namespace Beam.Cli.Archives;

/// <summary>Gives each entry its name on the disk. No two entries share a name, whatever their names in the archive are.</summary>
internal sealed class EntryNames(NameRules rules)
{
    private readonly Dictionary<string, (string OnDisk, ArchiveEntryKind Kind)> _known = new() { [""] = ("", ArchiveEntryKind.Folder) };

    // Where a letter's case does not count, A and a are the same file.
    private readonly HashSet<string> _taken = new(rules.IgnoresCase ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);

    // Where to go on counting: an archive may have any number of names that come out the same.
    private readonly Dictionary<string, int> _lastNumbers = new(
        rules.IgnoresCase ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);

    /// <summary>How many names there are, with those of folders that only lie above entries.</summary>
    public int Count => _known.Count - 1;

    /// <summary>How many names on the disk differ from those in the archive.</summary>
    public int Changed { get; private set; }

    /// <summary>Names an entry and the folders it lies in. The result is relative to the root.</summary>
    /// <exception cref="ArchiveRefusedException">There was such an entry before, or it lies in something that is not a folder.</exception>
    public string Add(string[] parts, ArchiveEntryKind kind)
    {
        var name = "";
        for (var index = 0; index < parts.Length; index++)
        {
            var parent = _known[name].OnDisk;
            var last = index == parts.Length - 1;
            name = index == 0 ? parts[0] : $"{name}/{parts[index]}";
            if (_known.TryGetValue(name, out var known))
            {
                if (known.Kind != ArchiveEntryKind.Folder || (last && kind != ArchiveEntryKind.Folder))
                {
                    throw new ArchiveRefusedException(last
                        ? $"The archive has two entries of the same name: {name}"
                        : $"An entry lies in something that is not a folder: {string.Join('/', parts)}");
                }

                continue;
            }

            _known[name] = (Choose(parent, parts[index]), last ? kind : ArchiveEntryKind.Folder);
        }

        return _known[name].OnDisk;
    }

    /// <summary>The name on the disk of a file that came before; <see langword="null"/> if there is none.</summary>
    public string? FindFile(string[] parts)
        => _known.TryGetValue(string.Join('/', parts), out var known) && known.Kind is ArchiveEntryKind.File or ArchiveEntryKind.SecondName
            ? known.OnDisk
            : null;

    private string Choose(string parent, string part)
    {
        var clean = rules.Clean(part);
        var wanted = Path.Combine(parent, clean);
        var chosen = wanted;
        if (_taken.Contains(wanted))
        {
            var number = _lastNumbers.GetValueOrDefault(wanted, 1);
            do
            {
                chosen = $"{wanted}~{++number}";
            }
            while (_taken.Contains(chosen));
            _lastNumbers[wanted] = number;
        }

        if (Path.GetFileName(chosen) != part)
        {
            Changed++;
        }

        _taken.Add(chosen);
        return chosen;
    }
}
