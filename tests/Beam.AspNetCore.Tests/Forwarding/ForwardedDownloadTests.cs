using System.Net;
using Beam.AspNetCore.Answers;
using Beam.AspNetCore.Forwarding;
using Beam.AspNetCore.Tests.Servers;
using Microsoft.AspNetCore.Http;

namespace Beam.AspNetCore.Tests.Forwarding;

/// <summary>What a hop decides before it connects to a node, what it hears from the node, and what it tells its client.</summary>
public sealed class ForwardedDownloadTests : HttpTests
{
    private const string Token = "/n1.0123456789abcdefghjkmnpqrs";
    private const int Size = 200_000;

    [Theory]
    [InlineData("GET", Token + "/a", "", true)]
    [InlineData("GET", Token + "/a", "?download", true)]
    [InlineData("GET", Token + "/a", "?wait=30", true)]
    [InlineData("GET", Token, "", true)]
    [InlineData("GET", Token + "/", "", true)]
    [InlineData("GET", "/files" + Token + "/a", "", true)]
    [InlineData("GET", "/files/0123456789abcdefghjkmnpqrs/a", "", true)]
    [InlineData("HEAD", Token + "/a", "", false)]
    [InlineData("POST", Token + "/a", "", false)]
    [InlineData("GET", Token + "/a", "?status", false)]
    [InlineData("GET", Token + "/a", "?events", false)]
    [InlineData("GET", Token + "/a", "?qr", false)]
    [InlineData("GET", Token, "?events", false)]
    [InlineData("GET", Token + "/-/token", "", false)]
    [InlineData("GET", "/", "", false)]
    [InlineData("GET", "", "", false)]
    [InlineData("GET", "/-/1/page.js", "", false)]
    [InlineData("GET", "/files", "", false)]
    [InlineData("GET", "/files/", "", false)]
    [InlineData("GET", "/files/here/", "?download", false)]
    [InlineData("GET", "/files/7-amber-falcon-river/a", "", true)]
    public void OwnConnection_IsForWhatMayBeAFile(string method, string path, string query, bool isWanted)
    {
        var context = new DefaultHttpContext();
        (context.Request.Method, context.Request.Path, context.Request.QueryString) = (method, path, new QueryString(query));

        Assert.Equal(isWanted, ForwardedDownload.IsWanted(context.Request));
    }

    [Theory]
    [InlineData(Token, "Accept", "application/json", false)]
    [InlineData(Token + "/a", "Accept", "application/json", true)]
    [InlineData(Token + "/a", "Accept", "text/event-stream", false)]
    [InlineData(Token + "/a", "Accept", "text/html", false)]
    [InlineData(Token + "/a", "Sec-Fetch-Dest", "document", false)]
    [InlineData(Token + "/a", "User-Agent", "SomeBot/1.0", false)]
    [InlineData(Token + "/a", "Purpose", "prefetch", false)]
    public void OwnConnection_IsForNobodyWhoOnlyLooks(string path, string name, string value, bool isWanted)
    {
        var context = new DefaultHttpContext();
        (context.Request.Method, context.Request.Path) = ("GET", path);
        context.Request.Headers[name] = value;

        Assert.Equal(isWanted, ForwardedDownload.IsWanted(context.Request));
    }

    /// <summary>A hop that closed first would lose a port for a minute with each download.</summary>
    [Fact]
    [Trait("Rule", "P2")]
    public async Task Node_ClosesFirst_WhenTheHopHasSaidItsLastWord()
    {
        var server = await StartServerAsync();
        var kept = new KeptPorts(server.Port);
        var path = $"{server.Mint()}/a";
        var hop = await ConnectAsync(server);
        var port = ((IPEndPoint)hop.Socket.LocalEndPoint!).Port;
        await hop.SendAsync($"GET /{path} HTTP/1.1\r\nHost: localhost\r\nBeam-Delivery: read; connection={port}\r\n\r\n");
        var sent = server.Client.PutAsync(path, new ByteArrayContent(TestBytes.Create(1, Size)));
        Assert.True((await hop.ReadBodyAsync(await hop.ReadHeadAsync())).IsComplete);
        Assert.False(sent.IsCompleted);
        await hop.SendAsync("+");

        Assert.Equal(ConnectionEnd.Orderly, (await hop.ReadToEndAsync()).End);
        using var answer = await sent;
        Assert.StartsWith("confirmed: ", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        hop.Dispose();
        await Eventually.TrueAsync(() => kept.Count == 0, "no port of the hop is kept");
    }

    [Theory]
    [InlineData(NodeError.Unreachable, 502, "node_unreachable")]
    [InlineData(NodeError.Lost, 502, "node_lost")]
    [InlineData(NodeError.TimedOut, 504, "node_timeout")]
    [InlineData(NodeError.NoConnection, 503, "no_connection")]
    [InlineData(NodeError.TooManyLookups, 503, "too_many_lookups")]
    [InlineData(NodeError.AllDraining, 503, "draining")]
    [InlineData(NodeError.WrongNode, 508, "wrong_node")]
    [InlineData(NodeError.NotForwardable, 400, "not_forwardable")]
    public void Client_IsToldWhatIsWrong(NodeError error, int status, string code)
        => Assert.Equal((status, code), (AnswerTable.ForHop(error).Status, AnswerTable.ForHop(error).Code));
}
