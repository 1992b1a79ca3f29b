namespace Beam.Server.Tests;

public sealed class StartTests
{
    [Theory]
    [InlineData("ASPNETCORE_URLS=http://0.0.0.0:0")]
    [InlineData("ASPNETCORE_URLS=http://[::]:0")]
    [InlineData("ASPNETCORE_URLS=http://*:0")]
    [InlineData("ASPNETCORE_URLS=http://+:0")]
    [InlineData("ASPNETCORE_URLS=http://203.0.113.7:0")]
    [InlineData("ASPNETCORE_URLS=http://beam.example:0")]
    [InlineData("ASPNETCORE_URLS=http://127.0.0.1:0;http://0.0.0.0:0")]
    [InlineData("ASPNETCORE_HTTP_PORTS=0")]
    [InlineData("ASPNETCORE_HTTPS_PORTS=0")]
    [InlineData("Kestrel__Endpoints__any__Url=http://0.0.0.0:0")]
    public async Task Start_IsRefused_WhereOthersCanReachItWithoutKey(string setting)
    {
        await using var server = ServerProcess.Start(ServerProcess.BeamServer, [], setting);

        Assert.Equal(1, await server.WaitAsync());
        Assert.Contains("is open to other machines and there is no access key", OnlyLine(server), StringComparison.Ordinal);
        Assert.Empty(server.OutputText);
    }

    [Theory]
    [InlineData("Beam__AllowAnonymous=true")]
    [InlineData("Beam__AccessKey=a-key")]
    public async Task Start_Succeeds_WhereOthersCanReachIt_WhenThatIsWanted(string setting)
    {
        await using var server = await ServerProcess.StartAsync(
            [BuildOutput.ProgramOf(ServerProcess.BeamServer), "--urls", "http://0.0.0.0:0"],
            [setting]);

        Assert.Contains($"http://localhost:{server.Address.Port}/$TOKEN/", server.Log, StringComparison.Ordinal);
        Assert.Equal(200, await Curl.StatusAsync(server.Url("/-/health")));
    }

    [Theory]
    [InlineData("Beam__Windowbites=1", "Beam:Windowbites is no setting")]
    [InlineData("Beam__OverviewPolicy=x", "Beam:OverviewPolicy is no setting")]
    [InlineData("Beam__WaitTimeout=soon", "'soon' at 'Beam:WaitTimeout'")]
    [InlineData("Beam__WindowBytes=5", "Beam:WindowBytes: It must be between 65536 and")]
    [InlineData("Beam__DrainTimeout=2.00:00:00", "Beam:DrainTimeout: It must be between 0 and 1 day")]
    [InlineData("Beam__PublicBaseUrl=example.com", "Beam:PublicBaseUrl: It must be an absolute")]
    [InlineData("Beam__AccessKey=", "Beam:AccessKey is set but empty")]
    [InlineData("Beam__AllowAnonymous=perhaps", "'perhaps' at 'Beam:AllowAnonymous'")]
    [InlineData("Beam__MintPolicy=x", "Beam:MintPolicy is no setting")]
    [InlineData("Beam__BehindProxy=udp", "'udp' at 'Beam:BehindProxy'")]
    [InlineData("Beam__BehindProxy=7", "Beam:BehindProxy: It must be none, http or tcp")]
    [InlineData("Beam__KnownProxies=10.0.0.300", "'10.0.0.300' is neither an address nor a network")]
    [InlineData("ASPNETCORE_URLS=nonsense", "nonsense")]
    public async Task Start_IsRefusedInOneLine_ForSettingThatIsWrong(string setting, string reason)
    {
        await using var server = ServerProcess.Start(ServerProcess.BeamServer, [], setting);

        Assert.Equal(1, await server.WaitAsync());
        Assert.Contains(reason, OnlyLine(server), StringComparison.Ordinal);
        Assert.Empty(server.OutputText);
    }

    [Fact]
    public async Task Start_IsRefusedInOneLine_WhenTheAddressIsTaken()
    {
        await using var first = await ServerProcess.StartBeamServerAsync();
        await using var second = ServerProcess.Start(ServerProcess.BeamServer, ["--urls", first.Address.GetLeftPart(UriPartial.Authority)]);

        Assert.Equal(1, await second.WaitAsync());
        Assert.Contains("address already in use", OnlyLine(second), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_TakesSettings_FromTheCommandLine()
    {
        await using var server = await ServerProcess.StartAsync(
            [BuildOutput.ProgramOf(ServerProcess.BeamServer), "--urls", "http://127.0.0.1:0", "--Beam:MaxTokens", "1"],
            []);
        await server.MintAsync();

        Assert.Equal(503, await Curl.StatusAsync("-X", "POST", server.Url("/token")));
    }

    private static string OnlyLine(ClientProcess server)
        => Assert.Single(server.ErrorText.Split('\n', StringSplitOptions.RemoveEmptyEntries));
}
