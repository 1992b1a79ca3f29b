using Beam.Cli.Reports;
using Beam.Cli.Sending;
using Beam.Cli.Terminal;
using Beam.Cli.Tests.Support;
using Beam.Client;

namespace Beam.Cli.Tests.Sending;

public sealed class SendContentTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Open_GivesANameThatTheProtocolAllows_WhateverTheFileIsCalled()
    {
        var channel = BeamLink.Parse("https://beam.example/aaaaaaaaaaaaaaaaaaaaaaaaaa");
        foreach (var name in HostileNames.Harmless.Concat(HostileNames.Changed.Keys))
        {
            _folder.Write(name, "x"u8);
            await using var file = Open([_folder[name]]);
            await using var archive = Open([_folder[name]], zip: true);
            await using var pipe = Open(["-"], name: name);

            Assert.NotEmpty(channel.WithName(file.Name).Name!);
            Assert.EndsWith(".zip", channel.WithName(archive.Name).Name, StringComparison.Ordinal);
            Assert.NotEmpty(channel.WithName(pipe.Name).Name!);
        }
    }

    /// <summary>What is in the archive is one state of each file.</summary>
    [Theory]
    [InlineData("rewrite", false)]
    [InlineData("shorten", false)]
    [InlineData("append", true)]
    [InlineData("touch", true)]
    [InlineData("rewrite another", true)]
    public async Task Folder_FailsWithAFile_ThatIsWrittenToDuringItsTurn(string change, bool isFine)
    {
        const int Length = 1_000_000;
        Directory.CreateDirectory(_folder["inner"]);
        var file = _folder.Write("inner/a", TestBytes.Create(1, Length));
        var another = _folder.Write("inner/b", TestBytes.Create(2, Length));
        await using var content = Open([_folder["inner"]]);
        var bytes = new byte[content.Stream.Length];
        await content.Stream.ReadExactlyAsync(bytes.AsMemory(0, Length / 2));
        var changed = change == "rewrite another" ? another : file;
        using (var writing = new FileStream(changed, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            switch (change)
            {
                case "shorten":
                    writing.SetLength(Length - 10);
                    break;
                case "append":
                    writing.Position = Length;
                    writing.Write(new byte[10]);
                    break;
                case "rewrite" or "rewrite another":
                    writing.Write(new byte[10]);
                    writing.Position = Length - 10;
                    writing.Write(new byte[10]);
                    break;
                default:
                    File.SetLastWriteTimeUtc(writing.SafeFileHandle, File.GetLastWriteTimeUtc(file).AddSeconds(5));
                    break;
            }
        }

        var failure = await Record.ExceptionAsync(async () => await content.Stream.ReadExactlyAsync(bytes.AsMemory(Length / 2)));

        Assert.Equal(isFine, failure is null);
        Assert.True(isFine || failure is IOException, failure?.ToString());
    }

    [Fact]
    public async Task Fingerprint_IsTheSame_UntilSomethingChanges()
    {
        Directory.CreateDirectory(_folder["inner"]);
        _folder.Write("inner/a", "x"u8);
        var before = await FingerprintAsync();
        Assert.Equal(before, await FingerprintAsync());

        File.SetLastWriteTimeUtc(_folder["inner/a"], new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc));

        Assert.NotEqual(before, await FingerprintAsync());
    }

    [Theory]
    [InlineData("inner")]
    [InlineData("inner/a")]
    public async Task Fingerprint_Differs_AfterAFractionOfASecond(string path)
    {
        Directory.CreateDirectory(_folder["inner"]);
        _folder.Write("inner/a", "x"u8);
        var time = new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(_folder["inner/a"], time);
        var before = await FingerprintAsync(path);

        File.SetLastWriteTimeUtc(_folder["inner/a"], time.AddMilliseconds(1));

        Assert.NotEqual(before, await FingerprintAsync(path));
    }

    private async Task<string?> FingerprintAsync(string path = "inner")
    {
        await using var content = Open([_folder[path]]);
        return content.Fingerprint;
    }

    private static SendContent Open(string[] paths, bool zip = false, string? name = null)
    {
        var console = new ToolConsole
        {
            Out = TextWriter.Null,
            Error = TextWriter.Null,
            OpenInput = static () => Stream.Null,
            OpenOutput = static () => Stream.Null,
        };
        return SendContent.Open(
            new SendRequest(paths, name, zip, HandIn: false, Receivers: 1, Wait: null, Server: null),
            console,
            TimeProvider.System,
            new JsonReport(TextWriter.Null),
            CancellationToken.None);
    }
}
