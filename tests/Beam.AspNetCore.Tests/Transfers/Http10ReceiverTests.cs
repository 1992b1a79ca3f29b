using Beam.AspNetCore.Tests.Servers;

namespace Beam.AspNetCore.Tests.Transfers;

/// <summary>Receivers without chunks: the end of the connection is all they have to tell a whole file from a broken one.</summary>
public sealed class Http10ReceiverTests : HttpTests
{
    private const int Size = 400_000;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Rule", "P1")]
    [Trait("Rule", "P2")]
    public async Task Receiver_SeesAnOrderlyEnd_WhenTheTransferIsComplete(bool isLengthKnown)
    {
        var server = await StartServerAsync();
        var token = server.Mint();
        var receiver = await ConnectAsync(server);
        await receiver.SendAsync($"GET /{token}/a HTTP/1.0\r\n\r\n");
        var sender = await ConnectAsync(server);
        var framing = isLengthKnown ? $"Content-Length: {Size}" : "Transfer-Encoding: chunked";
        await sender.SendAsync($"PUT /{token}/a HTTP/1.1\r\nHost: localhost\r\n{framing}\r\n\r\n");
        await SendPartAsync(0);

        // Before the end, which would tell the length.
        var head = await receiver.ReadHeadAsync();
        await SendPartAsync(Size / 2);
        if (!isLengthKnown)
        {
            await sender.SendChunkAsync(default);
        }

        var end = await receiver.ReadToEndAsync();
        receiver.Dispose();

        Assert.Equal((200, null, ConnectionEnd.Orderly), (head.Status, head["Transfer-Encoding"], end.End));
        Assert.Equal(isLengthKnown ? $"{Size}" : null, head["Content-Length"]);
        Assert.Equal((Size, -1L), (end.Bytes.Length, TestBytes.FindMismatch(5, 0, end.Bytes)));
        Assert.StartsWith("confirmed: ", (await sender.ReadBodyAsync(await sender.ReadHeadAsync())).Text, StringComparison.Ordinal);

        Task SendPartAsync(int from)
        {
            var part = TestBytes.Create(5, Size / 2, from);
            return isLengthKnown ? sender.SendAsync(part) : sender.SendChunkAsync(part);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Rule", "P1")]
    public async Task Receiver_SeesAReset_WhenTheSenderBreaksOff(bool isLengthKnown)
    {
        var server = await StartServerAsync();
        var token = server.Mint();
        var receiver = await ConnectAsync(server);
        await receiver.SendAsync($"GET /{token}/a HTTP/1.0\r\n\r\n");
        var sender = await ConnectAsync(server);
        var framing = isLengthKnown ? "Content-Length: 10" : "Transfer-Encoding: chunked";
        await sender.SendAsync($"PUT /{token}/a HTTP/1.1\r\nHost: localhost\r\n{framing}\r\n\r\n");
        await sender.SendAsync(isLengthKnown ? "half" : "4\r\nhalf\r\n");
        Assert.Equal(200, (await receiver.ReadHeadAsync()).Status);
        Assert.Equal("half"u8.ToArray(), await receiver.ReadAsync(4));

        sender.Reset();

        var end = await receiver.ReadToEndAsync();
        Assert.Equal((0, ConnectionEnd.Reset), (end.Bytes.Length, end.End));
    }

    [Fact]
    [Trait("Rule", "P1")]
    public async Task Curl_ExitsNotZero_WhenTheSenderBreaksOffWithoutALength()
    {
        var server = await StartServerAsync();
        var token = server.Mint();
        var receiver = Curl("--fail", "--http1.0", server.Url($"{token}/a"));
        var sender = await ConnectAsync(server);
        await sender.SendAsync($"PUT /{token}/a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n");
        await receiver.WaitForOutputAsync(4);

        sender.Reset();

        Assert.Equal(56, await receiver.WaitAsync());
    }
}
