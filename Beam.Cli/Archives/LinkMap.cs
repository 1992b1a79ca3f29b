using System.Text;

namespace Beam.Cli.Archives;

/// <summary>
/// The links of an archive, followed as a system would follow them: a link may go through others, so the text of its path alone does
/// not tell where it leads. Names are those on the disk, with slashes, relative to the folder that everything lies in.
/// </summary>
/// <param name="ignoresCase">Whether A and a are the same name there.</param>
internal sealed class LinkMap(bool ignoresCase)
{
    /// <summary>The longest target, in bytes, of any system. The time to follow a target grows with the square of its length.</summary>
    public const int MaxTargetBytes = 4096;

    // Linux follows as many links before it reports a loop.
    private const int MaxLinksFollowed = 40;

    private readonly Dictionary<string, string> _targets = new(ignoresCase ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);

    /// <summary>Adds a link.</summary>
    /// <exception cref="ArchiveRefusedException">Its target is longer than <see cref="MaxTargetBytes"/>.</exception>
    public void Add(string name, string target)
    {
        if (Encoding.UTF8.GetByteCount(target) > MaxTargetBytes)
        {
            throw new ArchiveRefusedException($"A link has a target of more than {MaxTargetBytes} bytes: {name}");
        }

        _targets[name] = target;
    }

    /// <summary>Where a link leads, which need not exist; <see langword="null"/> if it leads out of the archive or in circles.</summary>
    /// <param name="name">The link.</param>
    public LinkEnd? Resolve(string name)
    {
        var pending = new Stack<string>();
        Push(pending, name);
        var reached = new List<string>();
        var followed = 0;
        var staysInTopLevel = true;
        while (pending.TryPop(out var part))
        {
            if (part is "" or ".")
            {
                continue;
            }

            if (part == "..")
            {
                if (reached.Count == 0)
                {
                    return null;
                }

                staysInTopLevel &= reached.Count > 1;
                reached.RemoveAt(reached.Count - 1);
                continue;
            }

            reached.Add(part);
            if (!_targets.TryGetValue(string.Join('/', reached), out var target))
            {
                continue;
            }

            if (++followed > MaxLinksFollowed || IsAbsolute(target))
            {
                return null;
            }

            reached.RemoveAt(reached.Count - 1);
            Push(pending, target);
        }

        return new LinkEnd(string.Join('/', reached), staysInTopLevel);
    }

    private static bool IsAbsolute(string target)
        => target.Length == 0 || target[0] is '/' or '\\' || Path.IsPathRooted(target) || EntryPath.BeginsWithDrive(target);

    private static void Push(Stack<string> pending, string path)
    {
        // A backslash is a separator on Windows only. Elsewhere it is a letter.
        var parts = OperatingSystem.IsWindows() ? path.Split('/', '\\') : path.Split('/');
        for (var index = parts.Length - 1; index >= 0; index--)
        {
            pending.Push(parts[index]);
        }
    }
}
