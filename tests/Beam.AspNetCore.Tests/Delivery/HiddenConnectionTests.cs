using System.Net;
using Beam.AspNetCore.Tests.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Beam.AspNetCore.Tests.Delivery;

/// <summary>A server other than Kestrel tells only what it has taken. What it has refused was not sent.</summary>
[Trait("Rule", "P2")]
public sealed class HiddenConnectionTests : HttpTests
{
    private const int Size = 1000;

    [Theory]
    [InlineData("Content-Length: 1000")]
    [InlineData("Transfer-Encoding: chunked")]
    public async Task Sender_HearsSent_WhenTheServerHasTakenAll(string framing)
    {
        var server = await StartAsync(refusedWrite: null);
        var path = $"{server.Mint()}/a";
        var receiver = Curl("--fail", server.Url(path));
        var sender = Curl("-H", framing, "-T", NewFolder().Write("a", TestBytes.Create(1, Size)), server.Url(path));

        Assert.Equal((0, 0), (await receiver.WaitAsync(), await sender.WaitAsync()));
        Assert.StartsWith($"sent: {Size} bytes", sender.OutputText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sender_HearsOfTheLoss_WhenTheLastWriteThrows()
    {
        var server = await StartAsync(refusedWrite: 0);
        var path = $"{server.Mint()}/a";
        var receiver = Curl("--fail", server.Url(path));

        using var answer = await server.Client.PutAsync(path, new ByteArrayContent(TestBytes.Create(1, Size)));

        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.NotEqual(0, await receiver.WaitAsync());
    }

    private Task<BeamServer> StartAsync(int? refusedWrite) => StartServerAsync(setup =>
    {
        setup.ExpectsLog = null;
        setup.App = app => app.Use((HttpContext context, RequestDelegate next)
            => HttpMethods.IsGet(context.Request.Method) ? HiddenConnection.RunAsync(context, next, refusedWrite) : next(context));
    });
}
