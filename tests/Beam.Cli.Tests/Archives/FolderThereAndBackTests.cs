using System.Globalization;
using Beam.Cli.Archives;
using Beam.Cli.Tests.Support;

namespace Beam.Cli.Tests.Archives;

public sealed class FolderThereAndBackTests : IDisposable
{
    private readonly TempFolder _source = new();
    private readonly UnpackRig _rig = new();

    public void Dispose()
    {
        _source.Dispose();
        _rig.Dispose();
    }

    [Theory]
    [InlineData(10_000, false)]
    [InlineData(200, true)]
    public async Task Folder_ComesBack_WithFilesOfHostileNames(int count, bool zip)
    {
        var expected = MakeHostileFolder(_source["folder"], count);
        var content = FolderScan.Scan([_source["folder"]], CancellationToken.None);

        var summary = zip ? await _rig.ZipAsync(await ReadZipAsync(content)) : await _rig.TarAsync(new TarArchiveStream(content.Entries));

        Assert.Equal(expected.Count, summary.Files);
        Assert.Equal(["folder"], summary.TopLevelNames);
        Assert.Empty(content.LeftOut);
        var found = Directory.EnumerateFiles(_rig["folder"], "*", SearchOption.AllDirectories)
            .ToDictionary(path => Path.GetRelativePath(_rig["folder"], path), File.ReadAllText);
        Assert.Equal(expected.Count, found.Count);
        Assert.DoesNotContain(expected, file => found.GetValueOrDefault(file.Key) != file.Value);
        _rig.AssertNothingOutside();
    }

    [Fact]
    public async Task Folder_ComesBack_WithLinksTimesAndPermissions()
    {
        Directory.CreateDirectory(_source["folder/empty"]);
        Directory.CreateDirectory(_source["folder/private"], ArchiveModes.PrivateFolder);
        _source.Write("folder/private/script.sh", "#!/bin/sh"u8);
        File.SetUnixFileMode(_source["folder/private/script.sh"], ArchiveModes.PrivateFile | UnixFileMode.UserExecute);
        File.SetLastWriteTimeUtc(_source["folder/private/script.sh"], new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc));
        File.CreateSymbolicLink(_source["folder/link"], "private/script.sh");
        File.CreateSymbolicLink(_source["folder/dangling"], "nothing/here");
        Directory.CreateSymbolicLink(_source["folder/private/up"], "..");
        Directory.SetLastWriteTimeUtc(_source["folder/empty"], new DateTime(2002, 2, 3, 4, 5, 6, DateTimeKind.Utc));

        await _rig.TarAsync(new TarArchiveStream(FolderScan.Scan([_source["folder"]], CancellationToken.None).Entries));

        Assert.Equal("private/script.sh", new FileInfo(_rig["folder/link"]).LinkTarget);
        Assert.Equal("nothing/here", new FileInfo(_rig["folder/dangling"]).LinkTarget);
        Assert.Equal("..", new DirectoryInfo(_rig["folder/private/up"]).LinkTarget);
        Assert.Equal(ArchiveModes.PrivateFolder, File.GetUnixFileMode(_rig["folder/private"]));
        Assert.Equal(ArchiveModes.PrivateFile | UnixFileMode.UserExecute, File.GetUnixFileMode(_rig["folder/private/script.sh"]));
        Assert.Equal(new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc), File.GetLastWriteTimeUtc(_rig["folder/private/script.sh"]));
        Assert.Equal(new DateTime(2002, 2, 3, 4, 5, 6, DateTimeKind.Utc), Directory.GetLastWriteTimeUtc(_rig["folder/empty"]));
    }

    [Fact]
    public async Task Archive_IsReadByTar()
    {
        Assert.SkipUnless(ClientProcess.IsAvailable("tar"), "tar is not installed.");
        MakeHostileFolder(_source["folder"], 100);
        var archive = _source["archive.tar"];
        await using (var file = File.Create(archive))
        {
            await new TarArchiveStream(FolderScan.Scan([_source["folder"]], CancellationToken.None).Entries).CopyToAsync(file);
        }

        await using var tar = ClientProcess.Start("tar", "-x", "-f", archive, "-C", _rig.Folder);

        Assert.True(await tar.WaitAsync() == 0, tar.Describe());
        Assert.Equal("", tar.ErrorText);
        Assert.Equal(Contents(_source["folder"]), Contents(_rig["folder"]));
    }

    [Fact]
    public async Task Archive_IsTheSame_FromAnyByteOn()
    {
        MakeHostileFolder(_source["folder"], 60);
        _source.Write("folder/large", TestBytes.Create(3, 70_000));
        var content = FolderScan.Scan([_source["folder"]], CancellationToken.None);
        var whole = await ReadAsync(new TarArchiveStream(content.Entries), 0);

        Assert.Equal(whole.Length, new TarArchiveStream(content.Entries).Length);
        for (var offset = 0; offset < whole.Length; offset += 997)
        {
            Assert.Equal(whole[offset..], await ReadAsync(new TarArchiveStream(content.Entries), offset));
        }
    }

    [Fact]
    public async Task Archive_BreaksOff_WhenAFileBecameShorter()
    {
        _source.Write("file", new byte[1000]);
        var content = FolderScan.Scan([_source["file"]], CancellationToken.None);
        _source.Write("file", new byte[10]);

        await Assert.ThrowsAsync<IOException>(() => ReadAsync(new TarArchiveStream(content.Entries), 0));
    }

    [Fact]
    public async Task Archive_IsNotReadOn_InTheMiddleOfAFileThatHasChanged()
    {
        _source.Write("file", new byte[100_000]);
        var content = FolderScan.Scan([_source["file"]], CancellationToken.None);
        await using var archive = new TarArchiveStream(content.Entries);
        await archive.ReadExactlyAsync(new byte[60_000]);
        archive.Position = 50_000;
        await archive.ReadExactlyAsync(new byte[5_000]);

        File.SetLastWriteTimeUtc(_source["file"], new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        archive.Position = 50_000;
        await Assert.ThrowsAsync<IOException>(async () => await archive.ReadExactlyAsync(new byte[5_000]));

        // Whatever is read again from its beginning, the reader compares.
        archive.Position = 0;
        await archive.ReadExactlyAsync(new byte[60_000]);
    }

    [Fact]
    public async Task Scan_LeavesOut_WhatCannotBeSent()
    {
        Directory.CreateDirectory(_source["folder/inner"]);
        _source.Write("folder/file", "x"u8);
        File.CreateSymbolicLink(_source["folder/out"], "../secret");
        File.CreateSymbolicLink(_source["folder/absolute"], "/etc/passwd");
        Directory.CreateSymbolicLink(_source["folder/inner/up"], "..");
        File.CreateSymbolicLink(_source["folder/roundabout"], "inner/up/../secret");
        File.CreateSymbolicLink(_source["folder/obeyed"], "\u001b[2J");
        await using var mkfifo = ClientProcess.Start("mkfifo", _source["folder/pipe"]);
        await mkfifo.WaitAsync();

        var content = FolderScan.Scan([_source["folder"]], CancellationToken.None);

        Assert.Equal(["folder", "folder/file", "folder/inner", "folder/inner/up"], content.Entries.Select(static entry => entry.Name));
        Assert.Equal(
            ["absolute", "obeyed", "out", "pipe", "roundabout"],
            content.LeftOut.Select(static item => Path.GetFileName(item.Path)).Order());
    }

    [Fact]
    public void Scan_Fails_WhenTwoHaveTheSameName()
    {
        Directory.CreateDirectory(_source["a"]);
        Directory.CreateDirectory(_source["b"]);
        _source.Write("a/same", "x"u8);
        _source.Write("b/same", "y"u8);

        Assert.Throws<IOException>(() => FolderScan.Scan([_source["a/same"], _source["b/same"]], CancellationToken.None));
    }

    [Fact]
    public async Task Unpack_OverwritesNothing_WithoutBeingTold()
    {
        _source.Write("file", "new"u8);
        var content = FolderScan.Scan([_source["file"]], CancellationToken.None);
        await File.WriteAllTextAsync(_rig["file"], "old");

        await Assert.ThrowsAsync<TargetExistsException>(() => _rig.TarAsync(new TarArchiveStream(content.Entries)));
        Assert.Equal("old", await File.ReadAllTextAsync(_rig["file"]));
        Assert.Equal(["file"], Directory.EnumerateFileSystemEntries(_rig.Folder).Select(Path.GetFileName));

        _rig.MayOverwrite = true;
        await _rig.TarAsync(new TarArchiveStream(content.Entries));
        Assert.Equal("new", await File.ReadAllTextAsync(_rig["file"]));
    }

    [Fact]
    public async Task Unpack_JoinsFolders_ThatAreThere()
    {
        Directory.CreateDirectory(_source["folder"]);
        _source.Write("folder/new", "new"u8);
        Directory.CreateDirectory(_rig["folder"]);
        await File.WriteAllTextAsync(_rig["folder/old"], "old");

        await _rig.TarAsync(new TarArchiveStream(FolderScan.Scan([_source["folder"]], CancellationToken.None).Entries));

        Assert.Equal(
            ["folder/new", "folder/old"],
            Directory.EnumerateFiles(_rig.Folder, "*", SearchOption.AllDirectories)
                .Select(path => Path.GetRelativePath(_rig.Folder, path))
                .Order(StringComparer.Ordinal));
    }

    private static Dictionary<string, string> MakeHostileFolder(string folder, int count)
    {
        var expected = new Dictionary<string, string>();
        string[] names = [.. HostileNames.Harmless, .. HostileNames.Changed.Keys];
        for (var number = 0; expected.Count < count; number++)
        {
            var inside = number < names.Length
                ? ""
                : $"folders/{HostileNames.Harmless[number / names.Length % HostileNames.Harmless.Count]}/{number / names.Length}";
            var name = names[number % names.Length];
            var content = number.ToString(CultureInfo.InvariantCulture);
            if (number % names.Length == 0)
            {
                Directory.CreateDirectory(Path.Combine(folder, inside));
            }

            File.WriteAllText(Path.Combine(folder, inside, name), content);
            expected[Path.Combine(inside, HostileNames.Changed.GetValueOrDefault(name, name))] = content;
        }

        return expected;
    }

    private static IEnumerable<(string, string)> Contents(string folder)
        => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(path => (Path.GetRelativePath(folder, path), File.ReadAllText(path)))
            .Order();

    private static async Task<byte[]> ReadZipAsync(ArchiveContent content)
    {
        await using var zip = ZipArchiveStream.Open(content.Entries, CancellationToken.None);
        return await ReadAsync(zip, 0);
    }

    private static async Task<byte[]> ReadAsync(Stream stream, long offset)
    {
        if (offset > 0)
        {
            stream.Position = offset;
        }

        using var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes);
        await stream.DisposeAsync();
        return bytes.ToArray();
    }
}
