using System.Security.Cryptography;
using Beam.Cli.Archives;
using Beam.Cli.Receiving;
using Beam.Cli.Tests.Support;
using Beam.Client;

namespace Beam.Cli.Tests.Receiving;

public sealed class VerifiedArchiveTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly UnpackRig _rig = new();

    private static byte[] Archive { get; } = new TarBytes().File("a", "content").End();

    public void Dispose()
    {
        _folder.Dispose();
        _rig.Dispose();
    }

    [Fact]
    public async Task Archive_IsUnpacked_AndDeleted()
    {
        using var archive = VerifiedArchive.TryOpen(Received(Archive), _folder.Write("x.tar", Archive))!;

        Assert.True(await archive.IsWhatWasReceivedAsync(CancellationToken.None));
        await UnpackAsync(archive);
        archive.Delete();

        Assert.Equal("content", await File.ReadAllTextAsync(_rig["a"]));
        Assert.Empty(_folder.Files());
    }

    [Fact]
    public async Task Archive_IsNotUnpacked_WhenItHasOtherBytes()
    {
        // As after a change between the look at it and the reading.
        using var archive = VerifiedArchive.TryOpen(
            Received(new TarBytes().File("a", "CONTENT").End()),
            _folder.Write("x.tar", Archive))!;

        Assert.False(await archive.IsWhatWasReceivedAsync(CancellationToken.None));
        await Assert.ThrowsAsync<ReplacedFileException>(() => UnpackAsync(archive));

        Assert.Empty(Directory.EnumerateFileSystemEntries(_rig.Folder));
        Assert.Equal(["x.tar"], _folder.Files());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Archive_IsUnpacked_AndWhatReplacedItStays(bool isLink)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There, nobody can replace a file that is open.");
        var path = _folder.Write("x.tar", Archive);
        using var archive = VerifiedArchive.TryOpen(Received(Archive), path)!;
        File.Move(path, _folder["moved"]);
        if (isLink)
        {
            File.CreateSymbolicLink(path, _folder["moved"]);
        }
        else
        {
            _folder.Write("x.tar", "mine"u8);
        }

        await UnpackAsync(archive);
        archive.Delete();

        Assert.Equal("content", await File.ReadAllTextAsync(_rig["a"]));
        Assert.Equal(["moved", "x.tar"], _folder.Files());
    }

    private static BeamReceivedFile Received(byte[] content) => new(
        new BeamFile("x.tar", content.Length, "application/x-tar", ContentEncoding: null, Id: null),
        Path: null,
        content.Length,
        Convert.ToHexStringLower(SHA256.HashData(content)),
        IsVerified: true,
        IsConfirmed: true);

    private Task<UnpackSummary> UnpackAsync(VerifiedArchive archive)
        => new Unpacking(_rig).RunAsync(archive, _rig.Folder, CancellationToken.None);
}
