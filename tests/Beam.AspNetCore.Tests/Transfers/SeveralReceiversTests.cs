using System.Text.Json;
using Beam.AspNetCore.Answers;
using Beam.AspNetCore.Tests.Servers;
using Beam.Transfers;

namespace Beam.AspNetCore.Tests.Transfers;

/// <summary>What the relay tells a sender of several receivers.</summary>
[Trait("Rule", "P18")]
public sealed class SeveralReceiversTests : HttpTests
{
    [Theory]
    [InlineData("1 of 3 receivers broke off before it had everything.", TransferError.None, TransferError.ReceiverLost, TransferError.None)]
    [InlineData(
        "2 of 3 receivers broke off before they had everything.",
        TransferError.ReceiverLost,
        TransferError.None,
        TransferError.ReceiverLost)]
    [InlineData(
        "1 of 3 receivers stood still for too long; 1 did not come in time.",
        TransferError.ReceiverStalled,
        TransferError.None,
        TransferError.NoReceiver)]
    [InlineData("1 of 2 receivers was cancelled.", TransferError.None, TransferError.Cancelled)]
    [InlineData(null, TransferError.Cancelled, TransferError.Cancelled)]
    [InlineData(null, TransferError.SenderLost, TransferError.ReceiverLost)]
    [InlineData(null, TransferError.ReceiverLost)]
    public void Line_CountsThoseWhoHaveNotGotTheFile(string? expected, params TransferError[] errors)
    {
        var receivers = errors.Select(static error => new ReceiverOutcome(error, DeliveryStatus.None, Bytes: 0));
        var outcome = new TransferOutcome(
            Array.Find(errors, static error => error != TransferError.None), DeliveryStatus.None, Bytes: 0, TimeSpan.Zero, [.. receivers]);

        Assert.Equal(expected, ReceiverFailures.Describe(outcome));
    }

    [Fact]
    [Trait("Rule", "P13")]
    public async Task Sender_LearnsWhatBecameOfEach()
    {
        var server = await StartServerAsync();
        var sender = Curl(
            new ClientProcessOptions { Input = new MemoryStream("some text"u8.ToArray()) },
            "-H", "Accept: application/json", "-T", "-", server.Url("notes") + "?receivers=2&wait=2");
        await sender.WaitForOutputAsync("\n");
        using var first = JsonDocument.Parse(sender.OutputText.Split('\n')[0]);
        server.Guard(first.RootElement.GetProperty("token").GetString()!);
        Assert.Equal("some text", await server.Client.GetStringAsync(first.RootElement.GetProperty("url").GetString()));

        Assert.NotEqual(0, await sender.WaitAsync());

        using var last = JsonDocument.Parse(sender.OutputText.TrimEnd('\n').Split('\n')[^1]);
        Assert.Equal("1 of 2 receivers did not come in time.", last.RootElement.GetProperty("detail").GetString());
        var receivers = last.RootElement.GetProperty("receivers").EnumerateArray().Select(static receiver => receiver.ToString());
        Assert.Equal(["""{"outcome":"confirmed","bytes":9}""", """{"outcome":"failed","bytes":0,"error":"no_receiver"}"""], receivers);
    }
}
