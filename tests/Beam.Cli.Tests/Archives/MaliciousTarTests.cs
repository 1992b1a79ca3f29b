using System.Text;
using Beam.Cli.Archives;
using Beam.Cli.Tests.Support;

namespace Beam.Cli.Tests.Archives;

public sealed class MaliciousTarTests : IDisposable
{
    private readonly UnpackRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData("../secret")]
    [InlineData("a/../../secret")]
    [InlineData("a/b/..")]
    [InlineData("..")]
    [InlineData("./../secret")]
    public Task Unpack_IsRefused_WhenANameLeadsOut(string name) => RefusesAsync(new TarBytes().File("good").File(name), "leads out");

    [Theory]
    [InlineData("/etc/beam-test")]
    [InlineData("//etc/beam-test")]
    [InlineData("C:/beam-test")]
    [InlineData("C:\\beam-test")]
    [InlineData("c:")]
    public Task Unpack_IsRefused_WhenANameIsAbsolute(string name) => RefusesAsync(new TarBytes().File("good").File(name), "absolute");

    [Theory]
    [InlineData("a\\..\\..\\secret", "leads out")]
    [InlineData("\\windows\\x", "absolute")]
    [InlineData("\\\\server\\share\\x", "absolute")]
    public Task Unpack_IsRefused_WhenANameLeadsOutOnWindows(string name, string because)
    {
        _rig.Rules = NameRules.Windows;
        return RefusesAsync(new TarBytes().File(name), because);
    }

    [Theory]
    [InlineData("path", "../secret", "leads out")]
    [InlineData("path", "/etc/beam-test", "absolute")]
    [InlineData("path", "", "absolute")]
    public Task Unpack_IsRefused_WhenAPaxHeaderGivesTheName(string key, string value, string because)
        => RefusesAsync(new TarBytes().Pax(key, value).File("harmless"), because);

    [Fact]
    public Task Unpack_IsRefused_WhenALongNameOfGnuLeadsOut()
        => RefusesAsync(new TarBytes().Entry("././@LongLink", 'L', "../secret\0"u8.ToArray()).File("harmless"), "leads out");

    [Theory]
    [InlineData("/etc")]
    [InlineData("..")]
    [InlineData("../secret")]
    [InlineData("a/../../secret")]
    [InlineData("C:\\secret")]
    [InlineData("")]
    public Task Unpack_IsRefused_WhenALinkLeadsOut(string target) => RefusesAsync(new TarBytes().File("good").Link("link", target), "link");

    [Fact]
    public Task Unpack_IsRefused_WhenALinkHasALongerTargetThanAnySystemTakes()
        => RefusesAsync(new TarBytes().Pax("linkpath", string.Concat(Enumerable.Repeat("a/", 2048)) + "a").Link("link", "a"), "4096 bytes");

    [Fact]
    public Task Unpack_IsRefused_WhenALinkLeadsOutThroughAnother()
        => RefusesAsync(new TarBytes().Folder("deep/a/b").Link("deep/a/b/up", "../../..").Link("out", "deep/a/b/up/../.."), "leads out");

    [Fact]
    public Task Unpack_IsRefused_WhenALinkLeadsOutThroughOneWhoseNameHadToBeChanged()
        => RefusesAsync(new TarBytes().Folder("deep/dir").Link("a\nb", ".").Link("a_b", "deep/dir").Link("out", "a_b/../.."), "leads out");

    [Fact]
    public Task Unpack_IsRefused_WhenALinkPointsToWhatATerminalWouldObey()
        => RefusesAsync(new TarBytes().Link("link", "\u001b[2J"), "no file may have");

    [Theory]
    [InlineData(256, 1)]
    [InlineData(250, 20)]
    public Task Unpack_IsRefused_WhenANameIsLongerThanAnySystemAllows(int length, int depth)
        => RefusesAsync(
            new TarBytes().File("good").Pax("path", string.Join('/', Enumerable.Repeat(new string('x', length), depth))).File("x"),
            "longer");

    [Fact]
    public Task Unpack_IsRefused_WhenTooManyFoldersLieAboveItsEntries()
    {
        // Ten entries that make a hundred folders each.
        _rig.Limits = new UnpackLimits(1000, MaxEntries: 500);
        var archive = new TarBytes();
        for (var number = 0; number < 10; number++)
        {
            archive.Pax("path", $"{number}/{string.Concat(Enumerable.Repeat("d/", 99))}file").File("x");
        }

        return RefusesAsync(archive, "more than 500");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Unpack_MakesALinkToAFolder_InAFolderThatExists(bool replaces)
    {
        if (replaces)
        {
            _rig.MayOverwrite = true;
            await File.WriteAllTextAsync(_rig["link"], "old");
        }

        await _rig.TarAsync(new TarBytes().Folder("folder").File("folder/a", "content").Link("link", "folder").End());

        Assert.Equal("folder", new FileInfo(_rig["link"]).LinkTarget);
        Assert.Equal("content", await File.ReadAllTextAsync(_rig["link/a"]));
    }

    [Fact]
    public Task Unpack_IsRefused_WhenLinksGoInCircles() => RefusesAsync(new TarBytes().Link("a", "b").Link("b", "a"), "leads out");

    [Theory]
    [InlineData("..")]
    [InlineData(".")]
    public Task Unpack_IsRefused_WhenAFileLiesInALink(string target)
        => RefusesAsync(new TarBytes().Link("link", target).File("link/secret"), "not a folder");

    [Fact]
    public Task Unpack_IsRefused_WhenALinkTakesTheNameOfAFolder()
        => RefusesAsync(new TarBytes().File("folder/file").Link("folder", ".."), "two entries");

    [Fact]
    public Task Unpack_IsRefused_WhenAFileComesTwice() => RefusesAsync(new TarBytes().File("file").File("./file"), "two entries");

    [Theory]
    [InlineData("../secret", "leads out")]
    [InlineData("/etc/passwd", "absolute")]
    [InlineData("absent", "second name")]
    [InlineData("link", "second name")]
    [InlineData("folder", "second name")]
    public Task Unpack_IsRefused_WhenASecondNameIsOfSomethingElse(string target, string because)
        => RefusesAsync(new TarBytes().Folder("folder").Link("link", "folder").HardLink("second", target), because);

    [Theory]
    [InlineData('3')]
    [InlineData('4')]
    [InlineData('6')]
    [InlineData('S')]
    public Task Unpack_IsRefused_WhenThereIsADevice(char type) => RefusesAsync(new TarBytes().File("good").Entry("device", type, []), "");

    [Theory]
    [InlineData('x')]
    [InlineData('g')]
    [InlineData('L')]
    [InlineData('K')]
    public Task Unpack_IsRefused_WhenAHeaderIsHuge(char type)
        => RefusesAsync(new TarBytes().Entry("pax", type, new byte[4096], claimed: 0x7000_0000), "more than a megabyte");

    [Fact]
    public Task Unpack_IsRefused_WhenAHeaderClaimsMoreThanArrives()
        => RefusesAsync(() => _rig.TarAsync(new TarBytes().File("good").Entry("file", '0', new byte[512], claimed: 50_000_000).Cut()), "");

    [Fact]
    public Task Unpack_IsRefused_WhenAHeaderClaimsMoreThanThereIsRoomFor()
        => RefusesAsync(new TarBytes().Pax("size", "9000000000000000000").File("file"), "allowed");

    [Theory]
    [InlineData("-1")]
    [InlineData("99999999999999999999")]
    [InlineData("x")]
    public Task Unpack_IsRefused_WhenASizeIsNone(string size) => RefusesAsync(new TarBytes().Pax("size", size).File("file"), "");

    [Fact]
    public Task Unpack_IsRefused_WhenItEndsAfterAFile()
        => RefusesAsync(() => _rig.TarAsync(new TarBytes().File("a").File("b").Cut()), "damaged");

    [Fact]
    public Task Unpack_IsRefused_WhenThereIsNothing() => RefusesAsync(() => _rig.TarAsync([]), "damaged");

    [Fact]
    public Task Unpack_IsRefused_WhenItIsNoArchive() => RefusesAsync(() => _rig.TarAsync(TestBytes.Create(1, 10_000)), "");

    [Fact]
    public Task Unpack_IsRefused_WhenItOnlySeemsToEnd() => RefusesAsync(() => _rig.TarAsync([1, .. new byte[10_000]]), "damaged");

    [Fact]
    public Task Unpack_IsRefused_WhenSomethingFollowsItsEnd()
        => RefusesAsync(() => _rig.TarAsync([.. new TarBytes().File("a").End(), .. new byte[5_000], 1]), "data after its end");

    [Fact]
    public Task Unpack_IsRefused_WhenAnotherArchiveFollows()
        => RefusesAsync(() => _rig.TarAsync([.. new TarBytes().File("a").End(), .. new TarBytes().File("b").End()]), "data after its end");

    [Fact]
    public async Task Unpack_TakesZerosAfterTheEnd_WithWhichTarFillsItsRecords()
        => Assert.Equal(1, (await _rig.TarAsync([.. new TarBytes().File("a").End(), .. new byte[300_000]])).Files);

    [Fact]
    public Task Unpack_IsRefused_WhenAFileHasTheNameOfAFolder() => RefusesAsync(new TarBytes().File("a/b").File("a"), "two entries");

    [Fact]
    public Task Unpack_IsRefused_WhenAFileLiesInAFile() => RefusesAsync(new TarBytes().File("a").File("a/b"), "not a folder");

    [Fact]
    public async Task Unpack_Fails_WhenThereIsNoRoom()
    {
        _rig.Limits = new UnpackLimits(1_000, FreeBytes: 5);

        await Assert.ThrowsAsync<IOException>(() => _rig.TarAsync(new TarBytes().File("a").File("b").End()));

        Assert.Empty(Directory.EnumerateFileSystemEntries(_rig.Folder));
    }

    [Fact]
    public Task Unpack_IsRefused_WhenThereAreTooManyEntries()
    {
        _rig.Limits = new UnpackLimits(1_000, MaxEntries: 2);
        return RefusesAsync(new TarBytes().File("a").File("b").File("c"), "2 entries");
    }

    [Fact]
    public Task Unpack_IsRefused_WhenSecondNamesMakeItHuge()
    {
        _rig.Limits = new UnpackLimits(1_000);
        var archive = new TarBytes().File("0", new string('x', 400));
        for (var number = 1; number < 10; number++)
        {
            archive.HardLink(number.ToString(System.Globalization.CultureInfo.InvariantCulture), "0");
        }

        return RefusesAsync(archive, "allowed");
    }

    [Fact]
    public Task Unpack_IsRefused_WhenItIsTooDeep()
        => RefusesAsync(new TarBytes().Pax("path", string.Concat(Enumerable.Repeat("d/", 500)) + "f").File("x"), "folders deep");

    [Fact]
    public async Task Unpack_WritesNothingThroughALink_ThatWasThereBefore()
    {
        Directory.CreateSymbolicLink(_rig["folder"], "..");

        await Assert.ThrowsAsync<TargetExistsException>(() => _rig.TarAsync(new TarBytes().File("folder/secret").End()));

        _rig.AssertNothingOutside();
    }

    [Fact]
    public async Task Unpack_ReplacesALinkItself_WhenItMayOverwrite()
    {
        File.CreateSymbolicLink(_rig["file"], "../secret");
        _rig.MayOverwrite = true;

        await _rig.TarAsync(new TarBytes().File("file", "new").End());

        Assert.Null(new FileInfo(_rig["file"]).LinkTarget);
        Assert.Equal("new", await File.ReadAllTextAsync(_rig["file"]));
        _rig.AssertNothingOutside();
    }

    [Fact]
    public async Task Unpack_ChangesNames_ThatWouldReachTheTerminal()
    {
        var archive = new TarBytes()
            .File("a\u001b[2Jb")
            .File("a\u202Egpj.exe")
            .File("x\ny")
            .File("x\ty")
            .Folder("d\u009b")
            .File("d\u009b/f")
            .End();

        var summary = await _rig.TarAsync(archive);

        Assert.Equal(5, summary.ChangedNames);
        Assert.Equal(
            ["a_[2Jb", "a_gpj.exe", "d_", "d_/f", "x_y", "x_y~2"],
            Directory.EnumerateFileSystemEntries(_rig.Folder, "*", SearchOption.AllDirectories)
                .Select(path => Path.GetRelativePath(_rig.Folder, path))
                .Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Unpack_KeepsSetUserIdAndWritableByAll_Away()
    {
        var archive = new TarBytes().Entry("tool", '0', Encoding.UTF8.GetBytes("x")).End();
        Encoding.ASCII.GetBytes("0006777\0").CopyTo(archive, 100);
        FixChecksum(archive);

        await _rig.TarAsync(archive);

        Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(_rig["tool"]) & ~ArchiveModes.Kept);
    }

    private static void FixChecksum(byte[] archive)
    {
        archive.AsSpan(148, 8).Fill((byte)' ');
        var sum = archive.Take(512).Sum(static value => value);
        Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ").CopyTo(archive, 148);
    }

    private Task RefusesAsync(TarBytes archive, string because) => RefusesAsync(() => _rig.TarAsync(archive.End()), because);

    private Task RefusesAsync(Func<Task> unpack, string because) => _rig.RefusesAsync(unpack, because);
}
