namespace Beam.Server.Tests;

/// <summary>What stands before the server, as its settings say.</summary>
public sealed class ProxyTests
{
    // What the buffers of the systems hold.
    private const int Unread = 20_000;

    private const string Assumption = "Clients are taken to reach this server directly";
    private const string OneAddress = "limits for each address hold for all together";

    [Theory]
    [InlineData("http://0.0.0.0:0", "Beam__AllowAnonymous=true", Assumption)]
    [InlineData("http://127.0.0.1:0", "Beam__AllowAnonymous=true", null)]
    [InlineData("http://0.0.0.0:0", "Beam__BehindProxy=none", null)]
    [InlineData("http://0.0.0.0:0", "Beam__ProxyProtocol=true", null)]
    [InlineData("http://127.0.0.1:0", "Beam__BehindProxy=tcp", OneAddress)]
    [InlineData("http://127.0.0.1:0", "Beam__BehindProxy=Http", OneAddress)]
    public async Task Banner_SaysWhatIsAssumed(string url, string setting, string? note)
    {
        await using var server = await ServerProcess.StartAsync(
            [BuildOutput.ProgramOf(ServerProcess.BeamServer), "--urls", url],
            ["Beam__AllowAnonymous=true", setting]);
        await server.Process.WaitForOutputAsync(note ?? "Receive  ");

        Assert.Equal(note == Assumption, server.Log.Contains(Assumption, StringComparison.Ordinal));
        Assert.Equal(note == OneAddress, server.Log.Contains(OneAddress, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Beam__BehindProxy=none", false, "confirmed: ")]
    [InlineData("Beam__BehindProxy=http", false, "sent: ")]
    [InlineData("Beam__BehindProxy=tcp", false, "sent: ")]
    [InlineData("Beam__ProxyProtocol=true", true, "sent: ")]
    [Trait("Rule", "P2")]
    public async Task Sender_NeverReadsConfirmed_WhenTheReceiverDiesBehindAProxyThatIsConfigured(string setting, bool speaks, string word)
    {
        await using var server = await ServerProcess.StartBeamServerAsync(setting);
        await using var relay = new TcpRelay(
            server.Address.Port,
            client => speaks ? Line($"TCP4 {client.Address} 127.0.0.1 {client.Port} 443") : []);
        using var folder = new TempFolder();
        var file = folder.Write("file.bin", TestBytes.Create(seed: 1, Unread));
        var path = $"/{await MintAsync(relay, server)}/file.bin";
        using var receiver = await RawHttpClient.ConnectAsync(relay.Port);
        await receiver.SendAsync($"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        var before = relay.BytesToClients;
        await using var sender = Curl.Start("-T", file, relay.Through(server.Url(path)));
        await Eventually.TrueAsync(() => relay.BytesToClients > before + Unread, "the proxy has everything");
        receiver.Dispose();

        Assert.True(await sender.WaitAsync() == 0, sender.Describe());
        Assert.StartsWith(word, sender.OutputText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Limits_CountTheClientsOfAProxyThatSpeaks()
    {
        await using var server = await ServerProcess.StartBeamServerAsync(
            "Beam__BehindProxy=tcp", "Beam__ProxyProtocol=true", "Beam__MintsPerMinute=1");
        await using var one = new TcpRelay(server.Address.Port, static _ => Line("TCP4 198.51.100.1 127.0.0.1 40000 443"));
        await using var other = new TcpRelay(server.Address.Port, static _ => Line("TCP6 2001:db8::1 ::1 40000 443"));

        int[] answers =
        [
            await MintStatusAsync(one, server), await MintStatusAsync(one, server),
            await MintStatusAsync(other, server), await MintStatusAsync(other, server),
        ];

        Assert.Equal([201, 429, 201, 429], answers);
    }

    [Theory]
    [InlineData("Beam__BehindProxy=tcp", false)]
    [InlineData("Beam__MaxTokens=100", false)]
    [InlineData("Beam__BehindProxy=none", true)]
    public async Task Stranger_IsRefused_UnlessClientsComeDirectly(string setting, bool isTaken)
    {
        await using var server = await ServerProcess.StartBeamServerAsync(
            "Beam__ProxyProtocol=true", "Beam__KnownProxies=192.0.2.1", setting);

        await using var curl = ClientProcess.Start(
            "curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}", "-X", "POST", server.Url("/token"));
        Assert.Equal(isTaken, await curl.WaitAsync() == 0);

        Assert.Equal(isTaken ? "201" : "000", curl.OutputText);
    }

    private static byte[] Line(string text) => System.Text.Encoding.ASCII.GetBytes($"PROXY {text}\r\n");

    private static Task<int> MintStatusAsync(TcpRelay relay, ServerProcess server)
        => Curl.StatusAsync("-X", "POST", relay.Through(server.Url("/token")));

    private static async Task<string> MintAsync(TcpRelay relay, ServerProcess server)
    {
        await using var curl = Curl.Start("-X", "POST", relay.Through(server.Url("/token")));
        return (await curl.OutputOfSuccessAsync()).Trim();
    }
}
