using System.Net;
using Beam.Yarp.Tests.Servers;

namespace Beam.Yarp.Tests.Routes;

/// <summary>Beam as a route of a gateway, seen from outside.</summary>
public sealed class RouteTransferTests : GatewayTests
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });

    [Fact]
    [Trait("Rule", "P2")]
    [Trait("Rule", "P13")]
    public async Task File_PassesAndIsConfirmed()
    {
        var gateway = await StartRouteAsync();
        var url = $"{gateway.Url}/drop/{await gateway.MintAsync("/drop")}/a%2541.bin";
        var receiver = Curl("--fail", "-D", "-", url);
        var sender = Upload(TestBytes.Create(1, 100_000), url);

        Assert.Equal((0, 0), (await receiver.WaitAsync(), await sender.WaitAsync()));
        Assert.StartsWith("confirmed: 100000 bytes to 1 receiver", sender.OutputText, StringComparison.Ordinal);
        Assert.Contains("a%41.bin", receiver.OutputText, StringComparison.Ordinal);
        Assert.Equal(TestBytes.Create(1, 100_000), receiver.Output[^100_000..]);
    }

    [Fact]
    [Trait("Rule", "P6")]
    public async Task Links_HaveTheRoutesPath()
    {
        var gateway = await StartRouteAsync();
        using var response = await Http.PostAsync(new Uri($"{gateway.Url}/drop/token"), content: null);
        var token = (await response.Content.ReadAsStringAsync()).Trim();

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal($"{gateway.Url}/drop/{token}", response.Headers.Location!.ToString());
        Assert.Contains($"{gateway.Url}/drop", await Http.GetStringAsync(new Uri($"{gateway.Url}/drop")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "/drop/a/b/c/d", 404)]
    [InlineData("DELETE", "/drop/unknown", 404)]
    [InlineData("PATCH", "/drop/token", 405)]
    [InlineData("GET", "/elsewhere", 404)]
    [InlineData("GET", "/drop/unknown/a", 404)]
    public async Task Status_IsBeams(string method, string path, int status)
    {
        var gateway = await StartRouteAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), gateway.Url + path);
        using var response = await Http.SendAsync(request);

        Assert.Equal(status, (int)response.StatusCode);
    }

    [Fact]
    [Trait("Rule", "P11")]
    public async Task Revoking_IsAnsweredAndNotProxied()
    {
        var gateway = await StartRouteAsync();
        using var response = await Http.DeleteAsync(new Uri($"{gateway.Url}/drop/{await gateway.MintAsync("/drop")}"));

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
    }

    [Fact]
    [Trait("Rule", "P5")]
    public async Task Log_IsQuiet_WhenClientsGo()
    {
        var gateway = await StartRouteAsync();
        var token = await gateway.MintAsync("/drop");
        var receiver = Curl($"{gateway.Url}/drop/{token}/a");
        var sender = Upload(TestBytes.Create(1, 1000), $"{gateway.Url}/drop/{token}/b");
        await Eventually.TrueAsync(() => gateway.Relay.TransferCount == 2, "both wait");
        receiver.Kill();
        sender.Kill();
        await Eventually.TrueAsync(() => gateway.Relay.TransferCount == 0, "both are gone");

        var paired = Curl("--limit-rate", "1M", $"{gateway.Url}/drop/{token}/c");
        var other = Upload(TestBytes.Create(1, 10_000_000), $"{gateway.Url}/drop/{token}/c");
        await paired.WaitForOutputAsync(1);
        other.Kill();
        Assert.NotEqual(0, await paired.WaitAsync());
        await gateway.DisposeAsync();

        Assert.Empty(gateway.Logs.AtLeast(Microsoft.Extensions.Logging.LogLevel.Warning));
        Assert.DoesNotContain(gateway.Logs.Entries, static entry => entry.Exception is not null);
    }
}
