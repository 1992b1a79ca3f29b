using Beam.Yarp.Tests.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Beam.Yarp.Tests.Balancers;

/// <summary>docs/check-proxy tells what a proxy does to streams.</summary>
public sealed class ProxyCheckTests : GatewayTests
{
    [Fact]
    public async Task Check_IsContent_WithoutAProxy()
    {
        var node = await StartNodeAsync("n1");
        var check = Check(node.Url, idleSeconds: 2);

        Assert.Equal(0, await check.WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.Equal(4, check.OutputText.Split(" ok\n").Length - 1);
        await Eventually.TrueAsync(() => node.Relay.Tokens.Count == 0, "the token is revoked");
    }

    [Fact]
    public async Task Check_IsContent_WithAGatewayBeforeNodes()
    {
        var node = await StartNodeAsync("n1");
        var gateway = await StartGatewayAsync(("n1", node.Url));
        var check = Check(gateway.Url, idleSeconds: 2);

        Assert.Equal(0, await check.WaitAsync(TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public async Task Check_IsContent_WithNginxAsDocumented()
    {
        SystemProgram.FindOrSkip("nginx");
        var node = await StartNodeAsync("n1");
        var nginx = Own(new NginxBalancer(node.Port));
        await nginx.ListensAsync();
        var check = Check(nginx.Url, idleSeconds: 2);

        Assert.Equal(0, await check.WaitAsync(TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public async Task Check_NamesWhatToChange_WithNginxAsItComes()
    {
        SystemProgram.FindOrSkip("nginx");
        var node = await StartNodeAsync("n1");
        var port = TestPorts.Free();
        var nginx = Own(new NginxProcess($$"""
            server { listen 127.0.0.1:{{port}}; proxy_read_timeout 10s; location / { proxy_pass {{node.Url}}; } }
            """));
        await nginx.ListensAsync(port);
        var check = Check($"http://127.0.0.1:{port}", idleSeconds: 15);

        Assert.Equal(1, await check.WaitAsync(TimeSpan.FromSeconds(90)));
        Assert.Contains("proxy_request_buffering off", check.OutputText, StringComparison.Ordinal);
        Assert.Contains("client_max_body_size 0", check.OutputText, StringComparison.Ordinal);
        Assert.Contains("CUT after 10.", check.OutputText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_SeesBufferedDownloads()
    {
        var proxy = await StartAsync(static builder => builder.Services.AddBeam(WithoutResuming), static app =>
        {
            app.Use(BufferedResponse.InvokeAsync);
            app.MapBeam();
        });
        var check = Check(proxy.Url, idleSeconds: 2);

        Assert.Equal(1, await check.WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.Contains("request streaming        ok\n", check.OutputText, StringComparison.Ordinal);
        Assert.Contains("proxy_buffering off", check.OutputText, StringComparison.Ordinal);
    }

    private ClientProcess Check(string url, int idleSeconds)
        => Own(ClientProcess.Start("sh", Path.Combine(Repository.Root, "docs", "check-proxy"), url, $"{idleSeconds}"));
}
