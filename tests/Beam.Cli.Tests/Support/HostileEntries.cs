using Beam.Cli.Archives;

namespace Beam.Cli.Tests.Support;

/// <summary>Draws what goes into hostile archives: names, targets of links, contents, and damage.</summary>
/// <param name="random">What it draws with: the same seed draws the same archive.</param>
/// <param name="outside">The path of a folder where nothing may appear.</param>
internal sealed class HostileEntries(Random random, string outside)
{
    // Few, so that entries meet each other and what is in the folder.
    private static readonly string[] Parts =
    [
        "a", "b", "A", "a~2", "dir", "keep", "up", "link", "link", "secret", "inside", "hooks",
        "..", "..", ".", "", ".git", ".ssh", ".bashrc", "desktop.ini", "GIT~1", "HEAD",
        "C:", "C:\\x", "\\\\server\\share", "..\\secret", "con", "aux.c", " ", "a ", "a.", "-rf", "~", "$(id)",
        "\u001b[31m", "\u202E", "\u200B", "a\nb", "a\0b", "é", "e\u0301", "😀", "\uFFFD", "\uFEFF",
        new string('x', 255), new string('x', 256), string.Concat(Enumerable.Repeat("😀", 100)),
    ];

    private static readonly long[] Numbers =
    [
        0, 1, 2, 511, 512, 513, 65_535, 65_536, 300_000, 1L << 20, int.MaxValue, 1L << 31, uint.MaxValue, 1L << 32, 1L << 62, long.MaxValue,
        -1, -512, int.MinValue, long.MinValue,
    ];

    public Random Random { get; } = random;

    public bool Chance(int percent) => Random.Next(100) < percent;

    public T Pick<T>(params IReadOnlyList<T> items) => items[Random.Next(items.Count)];

    public long Number() => Chance(70) ? Pick(Numbers) : Random.NextInt64(-1000, 100_000);

    public string Name() => Random.Next(100) switch
    {
        < 1 => string.Concat(Enumerable.Repeat("d/", Random.Next(100, 2000))) + "x",
        < 2 => Path.Combine(outside, "evil"),
        < 4 => new string('y', Random.Next(90, 300)),
        < 5 => "/" + Relative(),
        < 20 => Pick("a", "b", "dir", "dir/a", "link", "link/x", "deep/er/file", "dir/keep", "keep"),
        < 30 => Relative(),
        _ => $"{Pick("", "", "dir/", "dir/.git/", "deep/er/", ".ssh/")}{Pick("f", "g", "link")}{Random.Next(9)}",
    };

    public string Target() => Random.Next(100) switch
    {
        < 4 => Pick(outside, "/etc/passwd", "C:\\x", "", "../secret", "a/../.."),
        < 60 => Pick("dir", "deep/er", ".", "f1", "keep", "nowhere", "dir/", "link1"),
        _ => Name(),
    };

    public byte[] Content()
    {
        var content = new byte[Chance(2) ? Random.Next(400_000) : Random.Next(3000)];
        if (Chance(50))
        {
            Random.NextBytes(content);
        }

        return content;
    }

    public UnixFileMode Mode() => (UnixFileMode)Random.Next(0x1000);

    public ArchiveEntryKind Kind() => Pick(
        ArchiveEntryKind.File, ArchiveEntryKind.File, ArchiveEntryKind.File, ArchiveEntryKind.Folder, ArchiveEntryKind.Link);

    /// <summary>Flips bits, cuts off, and moves pieces around, or does nothing.</summary>
    public byte[] Damage(byte[] archive)
    {
        if (archive.Length == 0 || Chance(60))
        {
            return archive;
        }

        var damaged = archive.ToArray();
        if (Chance(50))
        {
            for (var count = Random.Next(1, 9); count > 0; count--)
            {
                damaged[Random.Next(damaged.Length)] ^= (byte)(1 << Random.Next(8));
            }
        }

        if (Chance(15))
        {
            damaged = damaged[..Random.Next(damaged.Length)];
        }

        if (Chance(15))
        {
            var block = Random.Next((damaged.Length / 512) + 1) * 512;
            damaged = [.. damaged[..block], .. archive[Random.Next(archive.Length)..], .. damaged[block..]];
        }

        return damaged;
    }

    private string Relative() => string.Join('/', Enumerable.Range(0, Random.Next(1, 5)).Select(_ => Pick(Parts)));
}
