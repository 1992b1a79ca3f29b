using System.Globalization;
using System.Net;
using Beam.AspNetCore;
using Beam.Benchmarks.Load;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Beam.Benchmarks.Servers;

/// <summary>Runs a server until the standard input ends, and says which port it got.</summary>
internal static class ServeCommand
{
    public const string Name = "serve";

    /// <summary>The node that has the tokens when there are others in between.</summary>
    public const string NodeId = "n1";

    /// <summary>Where a server on Kestrel tells how many bytes its code has allocated so far.</summary>
    public const string AllocatedPath = "/benchmark/allocated";

    public static async Task RunAsync(ServerKind kind, string[] settings)
    {
        // The input ends when the measuring process ends, however that happens: no server outlives it.
        _ = LoadThread.Run(() =>
        {
            Console.In.ReadToEnd();
            Environment.Exit(0);
            return 0;
        });

        if (kind == ServerKind.Copy)
        {
            SocketCopyRelay.Run(static port => Announce(port));
            return;
        }

        var builder = WebApplication.CreateSlimBuilder(settings);
        builder.Logging.ClearProviders();
        ApplyServerSettings(builder, kind);
        if (kind == ServerKind.Beam)
        {
            var beam = builder.Services.AddBeam(options => builder.Configuration.GetSection("Beam").Bind(options));
            builder.Services.Configure<BeamHttpOptions>(options => builder.Configuration.GetSection("BeamHttp").Bind(options));
            if (builder.Configuration["Node"] is { } node)
            {
                beam.AddNodeForwarding(options =>
                {
                    options.Secret = "known to all who measure here, and to nobody else";
                    options.Nodes[NodeId] = new Uri(node);
                });
            }
        }

        if (kind == ServerKind.Gateway)
        {
            GatewayConfig.Register(builder);
        }

        var app = builder.Build();
        app.MapGet(
            AllocatedPath,
            static context => context.Response.WriteAsync(GC.GetTotalAllocatedBytes().ToString(CultureInfo.InvariantCulture)));
        switch (kind)
        {
            case ServerKind.Beam:
                app.MapBeam();
                break;
            case ServerKind.Gateway:
                app.MapReverseProxy();
                break;
            case ServerKind.Pipe:
                PipeRelay.Map(app);
                break;
            case ServerKind.Kestrel:
                DirectRelay.Map(app);
                break;
            default:
                app.MapPost("/echo", static context => context.Request.BodyReader.CopyToAsync(context.Response.BodyWriter));
                break;
        }

        await app.StartAsync();
        Announce([.. app.Urls.Select(static url => new Uri(url).Port)]);
        await app.WaitForShutdownAsync();
    }

    // Kestrel's own knobs, to be tried from the command line: Limits:MaxRequestBufferSize, Sockets:IOQueueCount, Pool:BlockBytes.
    private static void ApplyServerSettings(WebApplicationBuilder builder, ServerKind kind)
    {
        var configuration = builder.Configuration;
        if (kind is ServerKind.Beam or ServerKind.Gateway && configuration.GetValue("BeamDefaults", defaultValue: true))
        {
            builder.WebHost.UseBeamDefaults();
        }

        builder.WebHost.ConfigureKestrel(options =>
        {
            configuration.GetSection("Limits").Bind(options.Limits);
            options.Listen(IPAddress.Loopback, 0, static endpoint => endpoint.Protocols = HttpProtocols.Http1);
            options.Listen(IPAddress.Loopback, 0, static endpoint => endpoint.Protocols = HttpProtocols.Http2);
        });
        builder.WebHost.UseSockets(options => configuration.GetSection("Sockets").Bind(options));
        if (configuration.GetValue<int?>("Pool:BlockBytes") is { } blockBytes)
        {
            builder.Services.AddSingleton<IMemoryPoolFactory<byte>>(new BlockPoolFactory(blockBytes));
        }
    }

    // The second port, where there is one, speaks HTTP/2.
    private static void Announce(params int[] ports) => Console.Out.WriteLine($"listening {string.Join(' ', ports)}");
}
