using System.Security.Cryptography;

namespace Beam.Cli.Tests.Support;

/// <summary>Everything below a folder, with no link followed, as it was at one moment.</summary>
internal sealed class FolderTree
{
    private readonly string _root;
    private readonly SortedDictionary<string, string> _items = new(StringComparer.Ordinal);

    public FolderTree(string root)
    {
        _root = root;
        Add(new DirectoryInfo(root));
    }

    /// <summary>Each item, relative to the root, with what it is: a folder, a link with its target, a file with its digest.</summary>
    public IReadOnlyDictionary<string, string> Items => _items;

    public int Files { get; private set; }

    public long Bytes { get; private set; }

    public bool IsFolder(string path) => path.Length == 0 || (_items.TryGetValue(path, out var what) && what == "folder");

    /// <summary>Whether a path, in which every link is followed as a system does it, stays below the root.</summary>
    public bool Stays(string path)
    {
        var pending = new Stack<string>(path.Split('/').Reverse());
        var reached = new List<string>();
        for (var steps = 0; pending.TryPop(out var part); steps++)
        {
            if (steps > 100_000)
            {
                return false;
            }

            if (part is "" or ".")
            {
                continue;
            }

            if (part == "..")
            {
                if (reached.Count == 0)
                {
                    return false;
                }

                reached.RemoveAt(reached.Count - 1);
                continue;
            }

            reached.Add(part);
            if (!_items.TryGetValue(string.Join('/', reached), out var what) || !what.StartsWith("link ", StringComparison.Ordinal))
            {
                continue;
            }

            var target = what["link ".Length..];
            if (target.Length == 0 || target[0] == '/')
            {
                return false;
            }

            reached.RemoveAt(reached.Count - 1);
            foreach (var next in target.Split('/').Reverse())
            {
                pending.Push(next);
            }
        }

        return true;
    }

    private void Add(DirectoryInfo folder)
    {
        foreach (var item in folder.EnumerateFileSystemInfos())
        {
            var path = Path.GetRelativePath(_root, item.FullName).Replace(Path.DirectorySeparatorChar, '/');
            if (item.LinkTarget is { } target)
            {
                _items[path] = "link " + target;
            }
            else if (item is DirectoryInfo inner)
            {
                _items[path] = "folder";
                Add(inner);
            }
            else
            {
                var content = File.ReadAllBytes(item.FullName);
                _items[path] = Convert.ToHexString(SHA256.HashData(content));
                Files++;
                Bytes += content.Length;
            }
        }
    }
}
