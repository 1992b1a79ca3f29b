namespace Beam.Server.Tests;

public sealed class KilledServerTests
{
    private const int Length = 20_000_000;

    [Fact]
    [Trait("Rule", "P13")]
    [Trait("Rule", "P22")]
    public async Task FileThatWasHandedIn_IsFoundAgain_AndItsDownloadGoesOn_AfterKill9()
    {
        using var folder = new TempFolder();
        var bytes = TestBytes.Create(3, Length);
        await File.WriteAllBytesAsync(folder["file.bin"], bytes);
        string[] settings = ["Beam__ResumeTimeout=00:01:00", "Beam__SpillDirectory=" + folder["spill"]];
        string path;
        await using (var first = await ServerProcess.StartBeamServerAsync(settings))
        {
            path = $"/{await first.MintAsync()}/file.bin";
            await using var sender = Curl.Start("--fail", "-H", "Prefer: respond-async", "-T", folder["file.bin"], first.Url(path));
            Assert.True(await sender.WaitAsync() == 0, sender.Describe());
            Assert.StartsWith("accepted: 20000000 bytes", sender.OutputText, StringComparison.Ordinal);

            await using var receiver = Curl.Start("--fail", "--limit-rate", "2M", "-o", folder["copy.bin"], first.Url(path));
            await Eventually.TrueAsync(() => new FileInfo(folder["copy.bin"]) is { Exists: true, Length: > 0 }, "the download has begun");
            first.Process.Kill();
            Assert.Contains(await receiver.WaitAsync(), new[] { 18, 56 });
        }

        await using var second = await ServerProcess.StartBeamServerAsync(settings);
        await using var again = Curl.Start("--fail", "-C", "-", "-o", folder["copy.bin"], second.Url(path));

        Assert.True(await again.WaitAsync() == 0, again.Describe());
        Assert.Equal(bytes, await File.ReadAllBytesAsync(folder["copy.bin"]));
        await Eventually.TrueAsync(
            () => Directory.GetFiles(folder["spill/accepted"]) is [var file] && Path.GetFileName(file) == "entries.beamkey",
            "nothing is left of it but the key");
    }
}
