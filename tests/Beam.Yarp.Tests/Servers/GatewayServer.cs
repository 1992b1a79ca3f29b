using Microsoft.AspNetCore.Builder;

namespace Beam.Yarp.Tests.Servers;

/// <summary>Starts gateways and nodes. They bring Beam themselves or do without it, and are cut when their test is over.</summary>
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
}
