namespace Beam.Samples.Tests.Yarp;

public sealed class YarpGatewayTests : IDisposable
{
    private const int Large = 200_000_000;

    private readonly TempFolder _folder = new();
    private readonly int _port = TestPorts.Free();
    private readonly int _site = TestPorts.Free();
    private readonly int[] _nodes = [TestPorts.Free(), TestPorts.Free()];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Gateway_ServesTheRelayNextToTheSite()
    {
        await using var gateway = await StartAsync("Production");
        Assert.EndsWith("\nThis is the site, at /hello.\n", await Curl.AnswerAsync(Url("/hello")), StringComparison.Ordinal);

        await PassAsync("/drop");
    }

    [Fact]
    public async Task Node_Killed_IsSeenByBothSides_AndOthersGoOn()
    {
        await using var node = ServerProcess.Start("samples/YarpGateway", ["--Node=n2", "--urls", Local(_nodes[1])]);
        await node.WaitForOutputAsync("isten", TimeSpan.FromMinutes(1));
        await using var gateway = await StartAsync("Nodes");
        var token = await MintAsync("n2.");
        var file = _folder.Write("large", new byte[Large]);
        await using var sender = Curl.Start("-T", file, Url($"/nodes/{token}/large"));
        await using var receiver = Curl.Start("--limit-rate", "20M", "-o", _folder["copy"], Url($"/nodes/{token}/large"));
        await Eventually.TrueAsync(() => File.Exists(_folder["copy"]) && new FileInfo(_folder["copy"]).Length > 0, "bytes come");
        node.Kill();

        Assert.NotEqual(0, await sender.WaitAsync());
        Assert.NotEqual(0, await receiver.WaitAsync());
        Assert.Equal(502, await Curl.StatusAsync(Url($"/nodes/{token}/other")));
        await PassAsync("/nodes");
    }

    [Fact]
    [Trait("Rule", "P7")]
    public async Task Log_HoldsNoToken_AtTrace()
    {
        await using var gateway = await StartAsync("Nodes", [
            "Logging__LogLevel__Default=Trace",
            "Logging__LogLevel__Microsoft.AspNetCore=Trace",
            "Logging__LogLevel__Microsoft.AspNetCore.Hosting.Diagnostics=Trace",
            "Logging__LogLevel__Yarp=Trace",
        ]);
        List<string> tokens = [await MintAsync("", "/drop"), await MintAsync("n1.")];

        Assert.Equal(504, await Curl.StatusAsync(Url($"/drop/{tokens[0]}/file?wait=1")));
        Assert.Equal(504, await Curl.StatusAsync(Url($"/nodes/{tokens[1]}/file?wait=1")));
        Assert.Equal(404, await Curl.StatusAsync(Url($"/nodes/{tokens[1]}/too/deep")));
        gateway.Process.Signal(15);
        Assert.Equal(0, await gateway.Process.WaitAsync());

        Assert.Contains("dbug: ", gateway.Log, StringComparison.Ordinal);
        Assert.All(tokens, token => Assert.DoesNotContain(token, gateway.Log, StringComparison.Ordinal));
    }

    private static string Local(int port) => $"http://127.0.0.1:{port}";

    private string Url(string path) => Local(_port) + path;

    private async Task PassAsync(string path)
    {
        var token = await MintAsync("", path);
        var file = _folder.Write("small", TestBytes.Create(seed: 1, 100_000));
        await using var sender = Curl.Start("-T", file, Url($"{path}/{token}/small"));
        await using var receiver = Curl.Start("-o", _folder["small-copy"], Url($"{path}/{token}/small"));

        Assert.True(await receiver.WaitAsync() == 0, receiver.Describe());
        Assert.True(await sender.WaitAsync() == 0, sender.Describe());
        Assert.StartsWith("confirmed: 100000 bytes", sender.OutputText, StringComparison.Ordinal);
        Assert.Equal(await File.ReadAllBytesAsync(file), await File.ReadAllBytesAsync(_folder["small-copy"]));
    }

    /// <summary>Mints until a token begins so.</summary>
    private async Task<string> MintAsync(string prefix, string path = "/nodes")
    {
        var token = "";
        await Eventually.TrueAsync(
            async () =>
            {
                await using var curl = Curl.Start("-X", "POST", Url(path + "/token"));
                var code = await curl.WaitAsync();
                token = curl.OutputText.Trim();
                return code == 0 && token.StartsWith(prefix, StringComparison.Ordinal);
            },
            $"a token begins with '{prefix}'");
        return token;
    }

    private async Task<ServerProcess> StartAsync(string environment, params string[] settings)
    {
        var gateway = await ServerProcess.StartAsync([BuildOutput.ProgramOf("samples/YarpGateway"), "--urls", Local(_port)], [
            .. settings,
            $"DOTNET_ENVIRONMENT={environment}",
            $"Site={Local(_site)}",
            $"ReverseProxy__Clusters__site__Destinations__here__Address={Local(_site)}",
            .. environment != "Nodes" ? Array.Empty<string>() :
            [
                $"Nodes__n1={Local(_nodes[0])}",
                "Nodes__n2=",
                "Nodes__n3=",
                $"ReverseProxy__Clusters__nodes__Destinations__n1__Address={Local(_nodes[0])}",
                $"ReverseProxy__Clusters__nodes__Destinations__n2__Address={Local(_nodes[1])}",
                $"ReverseProxy__Clusters__nodes__Destinations__n3__Address={Local(_nodes[1])}",
            ],
        ]);
        await gateway.Process.WaitForOutputAsync("The gateway listens on", TimeSpan.FromMinutes(1));
        return gateway;
    }
}
