using System.Text;
using Beam.AspNetCore.Fields;
using Beam.AspNetCore.Tests.Servers;

namespace Beam.AspNetCore.Tests.Transfers;

/// <summary>A sender may write anything into its request. What the relay accepts of it, it can also write for the receiver.</summary>
[Trait("Rule", "P19")]
public sealed class SenderTextTests : HttpTests
{
    // Letters that headers, quoting and terminals treat differently, and some that need two, three and four bytes.
    private static readonly string[] Letters =
    [
        "a", "Z", "7", "-", ".", "_", "~", "!", "#", "$", "&", "'", "(", ")", "*", "+", ",", "/", ":", ";", "<", "=", ">", "?", "@",
        "[", "]",
        "^", "`", "{", "|", "}", " ", "\t", "\"", "\\", "\\\"", "%", "%41", "%00", "\u00e9", "\u20ac", "\u05d0", "\U0001F600", "text/plain",
        "; a=\"", "\"; ", "charset=utf-8", "gzip", "multipart/form-data; boundary=", "*", "utf-8''",
    ];

    [Theory]
    [InlineData("text/plain; a=\"b\u00e9\"", "text/plain")]
    [InlineData("text/plain; a=\"b\u00e9\"; charset=utf-8", "text/plain; charset=utf-8")]
    [InlineData("text/plain; charset=utf-8; a=\"\u20ac\"; b=c", "text/plain; charset=utf-8; b=c")]
    [InlineData("text/plain; a=\"\t\"", "text/plain")]
    [InlineData("text/pl\u00e9in", "application/octet-stream")]
    public async Task Receiver_GetsTheType_WithoutWhatNoHeaderCanHave(string sent, string received)
    {
        var server = await StartServerAsync();
        var token = server.Mint();

        Assert.Equal(202, await HandInAsync(server, $"/{token}/a", $"Content-Type: {sent}\r\n"));
        var (status, type) = await ReceiveAsync(server, $"/{token}/a");

        Assert.Equal((200, received), (status, type));
    }

    [Fact]
    public async Task NextFile_IsNotHeldUp_ByOneWithALongType()
    {
        var server = await StartServerAsync();
        var token = server.Mint();

        Assert.Equal(202, await HandInAsync(server, $"/{token}/a", $"Content-Type: text/plain; a={new string('b', 20_000)}\r\n"));

        Assert.Equal((200, "text/plain"), await ReceiveAsync(server, $"/{token}"));
    }

    /// <summary>For each of many senders: either it is refused, or its receiver gets the file.</summary>
    [Fact]
    public async Task Receiver_GetsTheFile_WheneverTheSenderIsAccepted()
    {
        var server = await StartServerAsync();
        var random = new Random(7);
        for (var i = 0; i < 150; i++)
        {
            var token = server.Mint();
            var name = Uri.EscapeDataString(Text(random, 6) + i);
            var fields = $"Content-Type: {Text(random, 8)}\r\nContent-Encoding: {Text(random, 3)}\r\nRepr-Digest: {Text(random, 3)}\r\n";

            var sent = await HandInAsync(server, $"/{token}/{name}", fields);
            Assert.True(sent is 202 or 400, $"{sent} for {name}\n{fields}");
            if (sent == 202)
            {
                var received = await ReceiveAsync(server, $"/{token}/{name}");
                Assert.True(received.Status == 200, $"{received} for {name}\n{fields}");
            }
        }
    }

    [Fact]
    public void AcceptedText_CanBeWritten_WhateverItWasMadeOf()
    {
        var random = new Random(11);
        for (var i = 0; i < 20_000; i++)
        {
            var text = Text(random, 10);

            Assert.All(
                new[] { FileHeaders.MediaType(text), FileHeaders.MediaType("text/plain; " + text), FileHeaders.Coding(text) },
                accepted => Assert.True(accepted is null || IsHeaderText(accepted), $"{accepted} of {text}"));
        }
    }

    private static bool IsHeaderText(string text) => text.Length is > 0 and < 256 && !text.AsSpan().ContainsAnyExceptInRange(' ', '~');

    private static string Text(Random random, int most)
    {
        var text = new StringBuilder();
        for (var i = random.Next(1, most + 1); i > 0; i--)
        {
            text.Append(Letters[random.Next(Letters.Length)]);
        }

        return text.ToString();
    }

    private static async Task<int> HandInAsync(BeamServer server, string path, string fields)
    {
        using var sender = await RawHttpClient.ConnectAsync(server.Port);
        await sender.SendAsync(
            $"PUT {path} HTTP/1.1\r\nHost: localhost\r\nPrefer: respond-async\r\n{fields}Content-Length: 5\r\n\r\nhello");
        return (await sender.ReadHeadAsync()).Status;
    }

    private async Task<(int Status, string? Type)> ReceiveAsync(BeamServer server, string path)
    {
        var receiver = await ConnectAsync(server);
        await receiver.SendAsync($"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        var head = await receiver.ReadHeadAsync();
        if (head.Status == 200)
        {
            Assert.Equal("hello", (await receiver.ReadBodyAsync(head)).Text);
        }

        receiver.Dispose();
        return (head.Status, head["Content-Type"]);
    }
}
