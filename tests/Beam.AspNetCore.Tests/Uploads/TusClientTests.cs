namespace Beam.AspNetCore.Tests.Uploads;

/// <summary>A client that others have written to the draft.</summary>
public sealed class TusClientTests(TusPackage package) : UploadTests, IClassFixture<TusPackage>
{
    [Theory]
    [InlineData("ietf-draft-03", false)]
    [InlineData("ietf-draft-03", true)]
    [InlineData("ietf-draft-05", false)]
    [InlineData("ietf-draft-05", true)]
    [Trait("Rule", "P24")]
    public async Task TusClient_SendsAFile_InPieces(string protocol, bool withData)
    {
        Assert.SkipWhen(package.Obstacle is not null, package.Obstacle ?? "");
        var server = await StartResumableServerAsync();
        using var folder = new TempFolder();
        var url = server.Url($"{server.Mint()}/a");
        var receiver = Curl("--fail", url);

        var sender = Own(package.Send(folder.Write("a", File), url, protocol, 100_000, withData: withData));

        Assert.True(await sender.WaitAsync() == 0, sender.Describe());
        Assert.Equal("at 100000\nat 200000\nat 300000\ndone\n", sender.OutputText);
        Assert.Equal(0, await receiver.WaitAsync());
        Assert.Equal(File, receiver.Output);
    }

    [Theory]
    [InlineData("ietf-draft-03")]
    [InlineData("ietf-draft-05")]
    [Trait("Rule", "P23")]
    [Trait("Rule", "P24")]
    public async Task TusClient_GoesOn_WhereItWasKilled(string protocol)
    {
        Assert.SkipWhen(package.Obstacle is not null, package.Obstacle ?? "");
        const int Length = 30_000_000;
        var server = await StartResumableServerAsync();
        using var folder = new TempFolder();
        var bytes = TestBytes.Create(24, Length);
        var file = folder.Write("a", bytes);
        var url = server.Url($"{server.Mint()}/a");
        var receiver = Curl("--fail", url);
        var first = Own(package.Send(file, url, protocol, 64 * 1024));
        await first.WaitForOutputAsync("at 1048576\n");
        first.Kill();
        await first.WaitAsync();
        Assert.DoesNotContain("done", first.OutputText, StringComparison.Ordinal);

        var second = Own(package.Send(file, url, protocol, 16 * 1024 * 1024, resumes: true));

        Assert.True(await second.WaitAsync() == 0, second.Describe());
        Assert.EndsWith("at 30000000\ndone\n", second.OutputText, StringComparison.Ordinal);
        Assert.Equal(0, await receiver.WaitAsync());
        Assert.True(bytes.AsSpan().SequenceEqual(receiver.Output));
    }

    [Fact]
    [Trait("Rule", "P24")]
    public async Task TusClient_IsToldOfTheFailure_WhenTheReceiverIsLost()
    {
        Assert.SkipWhen(package.Obstacle is not null, package.Obstacle ?? "");
        var server = await StartResumableServerAsync(static options => options.WaitTimeout = TimeSpan.FromSeconds(1));
        using var folder = new TempFolder();

        var sender = Own(package.Send(folder.Write("a", File), server.Url($"{server.Mint()}/a"), "ietf-draft-05", Size));

        Assert.Equal(1, await sender.WaitAsync());
        Assert.DoesNotContain("done", sender.OutputText, StringComparison.Ordinal);
    }
}
