using Beam.Cli.Archives;
using Beam.Cli.Tests.Support;

namespace Beam.Cli.Tests.Archives;

/// <summary>
/// Unpacks archives drawn by lot. Whatever comes, either all of it is refused and nothing is left, or all of it lies in the folder.
/// </summary>
public sealed class UnpackFuzzTests
{
    private const int CasesInARow = 250;
    private const int MaxBytes = 300_000;
    private const int MaxEntries = 10;

    // An entry may lie in as many folders, which it makes.
    private const int MaxDepth = 128;

    public static TheoryData<int> Rows => [.. Enumerable.Range(0, 4)];

    [Theory]
    [MemberData(nameof(Rows))]
    public Task Tar_IsRefused_OrStaysInItsFolder(int row)
        => RunAsync(row, static (rig, draw) => rig.TarAsync(HostileTar.Create(draw)));

    [Theory]
    [MemberData(nameof(Rows))]
    public Task Zip_IsRefused_OrStaysInItsFolder(int row)
        => RunAsync(row, static (rig, draw) => rig.ZipAsync(HostileZip.Create(draw)));

    private static async Task RunAsync(int row, Func<UnpackRig, HostileEntries, Task<UnpackSummary>> unpack)
    {
        var refused = 0;
        for (var seed = row * CasesInARow; seed < (row + 1) * CasesInARow; seed++)
        {
            try
            {
                refused += await IsRefusedAsync(new Random(seed), unpack) ? 1 : 0;
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"Seed {seed}: {exception.Message}", exception);
            }
        }

        // What tests only refusals tests little.
        Assert.InRange(refused, CasesInARow / 10, CasesInARow * 95 / 100);
    }

    private static async Task<bool> IsRefusedAsync(Random random, Func<UnpackRig, HostileEntries, Task<UnpackSummary>> unpack)
    {
        using var rig = new UnpackRig
        {
            Limits = new UnpackLimits(MaxBytes, FreeBytes: random.Next(20) == 0 ? 1000 : long.MaxValue, MaxEntries),
            MayOverwrite = random.Next(2) == 0,
            MayMakeObeyed = random.Next(2) == 0,
        };
        Directory.CreateDirectory(rig["dir/.git"]);
        File.WriteAllText(rig["keep"], "mine");
        File.WriteAllText(rig["dir/keep"], "mine");
        Directory.CreateSymbolicLink(rig["up"], "..");
        var before = new FolderTree(rig.Folder);
        UnpackSummary? summary = null;
        try
        {
            summary = await unpack(rig, new HostileEntries(random, Path.GetDirectoryName(rig.Folder)!));
        }
        catch (Exception exception) when (exception is ArchiveRefusedException or TargetExistsException
            || (exception is IOException && exception.Message.Contains("not enough room", StringComparison.Ordinal)))
        {
            // Nothing is left of it.
            Assert.Equal(before.Items, new FolderTree(rig.Folder).Items);
        }

        rig.AssertNothingOutside();
        if (summary is not null)
        {
            AssertStays(rig, before, new FolderTree(rig.Folder));
        }

        return summary is null;
    }

    private static void AssertStays(UnpackRig rig, FolderTree before, FolderTree after)
    {
        Assert.InRange(after.Files, 0, before.Files + MaxEntries);
        Assert.InRange(after.Items.Count, before.Items.Count, before.Items.Count + MaxEntries + MaxDepth);
        Assert.InRange(after.Bytes, 0, before.Bytes + MaxBytes);
        foreach (var (path, what) in before.Items.Where(item => !rig.MayOverwrite || item.Value == "folder"))
        {
            Assert.Equal(what, after.Items[path]);
        }

        foreach (var (path, what) in after.Items.Where(item => !before.Items.TryGetValue(item.Key, out var old) || old != item.Value))
        {
            var folder = Path.GetDirectoryName(path)!;
            Assert.Equal(path, string.Join('/', path.Split('/').Select(NameRules.Unix.Clean)));
            Assert.True(rig.MayMakeObeyed || !before.IsFolder(folder) || !ObeyedNames.Leads(path), path);
            Assert.True(!what.StartsWith("link ", StringComparison.Ordinal) || after.Stays(path), $"{path}: {what}");
            if (!OperatingSystem.IsWindows() && !what.StartsWith("link ", StringComparison.Ordinal))
            {
                Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(rig[path]) & ~ArchiveModes.Kept);
            }
        }
    }
}
