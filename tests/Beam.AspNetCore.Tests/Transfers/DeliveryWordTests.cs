using System.Net;
using Beam.AspNetCore.Tests.Servers;

namespace Beam.AspNetCore.Tests.Transfers;

/// <summary>What the sender is told of the last bytes, by how the receiver's connection ends.</summary>
public sealed class DeliveryWordTests : HttpTests
{
    private const int Size = 200_000;

    [Fact]
    [Trait("Rule", "P2")]
    public async Task Sender_ReadsConfirmed_WhenTheReceiverReadsAllAndCloses()
    {
        var server = await StartServerAsync();
        var path = $"{server.Mint()}/a";
        var receiver = await ConnectAsync(server);
        await receiver.SendAsync($"GET /{path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        var sent = server.Client.PutAsync(path, new ByteArrayContent(TestBytes.Create(1, Size)));

        var head = await receiver.ReadHeadAsync();
        var body = await receiver.ReadBodyAsync(head);
        Assert.Equal("close", head["Connection"]);
        Assert.True(body.IsComplete);
        Assert.False(sent.IsCompleted);
        receiver.Dispose();

        using var answer = await sent;
        Assert.StartsWith("confirmed: ", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Rule", "P2")]
    public async Task Sender_ReadsConfirmed_WhenTheReceiverWaitsForTheServersEnd()
    {
        var server = await StartServerAsync();
        var path = $"{server.Mint()}/a";
        var receiver = await ConnectAsync(server);
        await receiver.SendAsync($"GET /{path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        var sent = server.Client.PutAsync(path, new ByteArrayContent(TestBytes.Create(1, Size)));
        await receiver.ReadHeadAsync();

        var end = await receiver.ReadToEndAsync();
        receiver.Dispose();

        Assert.Equal((Size, ConnectionEnd.Orderly), (end.Bytes.Length, end.End));
        using var answer = await sent;
        Assert.StartsWith("confirmed: ", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Rule", "P2")]
    public async Task Sender_ReadsSent_WhenConnectionsAreNotTheClients()
    {
        var server = await StartServerAsync(static setup => setup.HttpOptions = static options => options.ConfirmsByConnection = false);
        var path = $"{server.Mint()}/a";
        var receiver = Curl("--fail", server.Url(path));
        using var answer = await server.Client.PutAsync(path, new ByteArrayContent(TestBytes.Create(1, Size)));

        Assert.Equal(0, await receiver.WaitAsync());
        Assert.StartsWith("sent: ", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Rule", "P2")]
    public async Task Sender_IsRefusedASuccess_WhenTheReceiverDiesWithUnreadBytes(bool confirmsByConnection)
    {
        var server = await StartServerAsync(setup => setup.HttpOptions = options => options.ConfirmsByConnection = confirmsByConnection);
        var path = $"{server.Mint()}/a";
        var receiver = await ConnectAsync(server);
        await receiver.SendAsync($"GET /{path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        var sent = server.Client.PutAsync(path, new ByteArrayContent(TestBytes.Create(1, Size)));
        await server.WaitForAsync(Beam.Transfers.TransferState.Confirming);

        // The system has taken every byte; the program has read none of them. Closing makes the system send a reset.
        receiver.Dispose();

        using var answer = await sent;
        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Equal("The receiver broke off before it had everything.\n", await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("?wait=60")]
    [InlineData("")]
    [Trait("Rule", "P31")]
    public async Task Receiver_GetsTheFile_WhenItsGetHasABody(string query)
    {
        var server = await StartServerAsync();
        var path = $"{server.Mint()}/a";
        var receiver = Curl("--fail", "-X", "GET", "--data-binary", "what is this for?", server.Url(path + query));
        using var answer = await server.Client.PutAsync(path, new ByteArrayContent(TestBytes.Create(1, Size)));

        Assert.Equal(0, await receiver.WaitAsync());
        Assert.Equal(TestBytes.Create(1, Size), receiver.Output);

        // A connection with a request body in it is not watched.
        Assert.StartsWith("sent: ", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
