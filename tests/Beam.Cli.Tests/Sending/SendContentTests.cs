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
