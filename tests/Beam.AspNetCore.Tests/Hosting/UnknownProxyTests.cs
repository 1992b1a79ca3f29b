using Beam.AspNetCore.Tests.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Logging;

namespace Beam.AspNetCore.Tests.Hosting;

/// <summary>A forgotten proxy makes one address of all its clients, and nothing else shows it.</summary>
public sealed class UnknownProxyTests : HttpTests
{
    private const int Found = 2011;

    [Fact]
    public async Task Proxy_ThatTheApplicationDoesNotKnow_IsPointedOut_OnceAnHour()
    {
        var clock = new FakeClock();
        var server = await StartServerAsync(setup =>
        {
            setup.Clock = clock;
            setup.ExpectsLog = static entry => entry.EventId.Id == Found;
        });

        await AskAsync(server, "192.0.2.1");
        await AskAsync(server, "192.0.2.2");
        var warning = Assert.Single(server.Logs.AtLeast(LogLevel.Warning));
        clock.Advance(TimeSpan.FromHours(1));
        await AskAsync(server, "192.0.2.3");

        Assert.Contains("has come from 127.0.0.1, which is no known proxy", warning.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("192.0.2", warning.Message, StringComparison.Ordinal);
        Assert.Equal(2, server.Logs.AtLeast(LogLevel.Warning).Count);
    }

    [Theory]
    [InlineData("192.0.2.1", true)]
    [InlineData(null, false)]
    public async Task Nothing_IsPointedOut_WhereTheProxyIsKnown_OrThereIsNone(string? client, bool isKnown)
    {
        var server = await StartServerAsync(setup => setup.App = app =>
        {
            if (isKnown)
            {
                app.UseForwardedHeaders(new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor });
            }
        });

        await AskAsync(server, client);

        Assert.Empty(server.Logs.AtLeast(LogLevel.Warning));
    }

    private static async Task AskAsync(BeamServer server, string? client)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "");
        if (client is not null)
        {
            request.Headers.Add("X-Forwarded-For", client);
        }

        using var answer = await server.Client.SendAsync(request);
        answer.EnsureSuccessStatusCode();
    }
}
