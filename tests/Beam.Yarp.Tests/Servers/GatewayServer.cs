using Microsoft.AspNetCore.Builder;

namespace Beam.Yarp.Tests.Servers;

/// <summary>Servers that are gateways or nodes: they bring Beam themselves or do without it, and are cut when their test is over.</summary>
internal static class GatewayServer
{
    public static Task<TestServer> StartAsync(Action<WebApplicationBuilder> register, Action<WebApplication> map, int port = 0)
        => TestServer.StartAsync(new TestServerSetup
        {
            Prefix = null,
            HttpOptions = static options => options.DrainTimeout = TimeSpan.Zero,
            Services = register,
            App = map,
            Port = port,
            EndsEmpty = false,
        });

    /// <summary>Mints a token.</summary>
    public static async Task<string> MintAsync(this TestServer server, string path = "")
    {
        using var response = await server.Client.PostAsync(new Uri($"{server.Url}{path}/token"), content: null);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadAsStringAsync()).Trim();
    }
}
