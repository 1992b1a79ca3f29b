using Beam.Functions.Tests.Support;

namespace Beam.Functions.Tests.StandIn;

/// <summary>Peers and programs that die, seen through the Functions host.</summary>
public sealed class BrokenTransferTests(PublishedSample sample) : FunctionsTests(sample)
{
    private const int Mebibyte = 1024 * 1024;

    [Fact]
    [Trait("Rule", "P1")]
    public async Task Receiver_SeesABrokenDownload_WhenTheSenderIsKilled()
    {
        var (_, sender, receiver) = await StartSlowTransferAsync();

        sender.Kill();

        Assert.True(await receiver.WaitAsync() is 18 or 56, receiver.Describe());
    }

    [Fact]
    [Trait("Rule", "P2")]
    public async Task Sender_IsRefusedASuccess_WhenTheReceiverIsKilled()
    {
        var (_, sender, receiver) = await StartSlowTransferAsync();

        receiver.Kill();

        Assert.True(await sender.WaitAsync() == 22, sender.Describe());
        Assert.Contains("502", sender.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Rule", "P1")]
    [Trait("Rule", "P2")]
    public async Task BothSides_SeeAFailure_WhenTheProgramIsKilled_AndTheNextTransferPasses()
    {
        var (host, sender, receiver) = await StartSlowTransferAsync();

        host.Program.Process.Kill();

        Assert.True(await receiver.WaitAsync() is 18 or 56, receiver.Describe());
        Assert.True(await sender.WaitAsync() is not 0, sender.Describe());

        await Eventually.TrueAsync(() => host.Starts == 2, "the host starts the program again", TimeSpan.FromSeconds(30));
        var url = $"{host.Url}/{await MintAsync(host)}/again";
        var next = Curl(new ClientProcessOptions { Input = new MemoryStream("again"u8.ToArray()) }, "--fail", "-T", "-", url);
        Assert.Equal((200, "again"), await AnswerAsync(url));
        Assert.True(await next.WaitAsync() == 0, next.Describe());
    }

    private async Task<(FunctionsStandIn Host, ClientProcess Sender, ClientProcess Receiver)> StartSlowTransferAsync()
    {
        var host = await StartAsync(static settings => settings.TurnResumingOff());
        var url = $"{host.Url}/{await MintAsync(host)}/file";
        var receiver = Curl("--fail", url);
        var sender = Curl("--fail", "--limit-rate", "1M", "-T", Folder.Write("file", TestBytes.Create(seed: 1, 60 * Mebibyte)), url);
        await receiver.WaitForOutputAsync(1);
        return (host, sender, receiver);
    }
}
