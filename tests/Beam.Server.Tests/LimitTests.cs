namespace Beam.Server.Tests;

/// <summary>The server limits every address, unless the settings say otherwise, and says so.</summary>
[Trait("Rule", "P38")]
public sealed class LimitTests
{
    private const string Banner = """
          Limits   one address: 500 requests, 500 transfers,
                   of them 250 files handed in with 32 MiB; 5,000 tokens; more from this machine
        """;

    // A relay that is full soon: of 40 transfers, 20 may be handed in. One address has ten transfers, five of them handed in.
    private static readonly string[] Small = ["Beam__MaxTransfers=40", "Beam__MintsPerMinute=0", "Beam__ResumeTimeout=00:02:00"];

    [Fact]
    public async Task Banner_SaysWhatOneAddressMayHold()
    {
        await using var server = await ServerProcess.StartBeamServerAsync();
        await server.Process.WaitForOutputAsync("more from this machine");

        Assert.Contains(Banner, server.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Quotas_CanBeOff()
    {
        await using var server = await ServerProcess.StartBeamServerAsync([.. Small, "Beam__Quotas__Off=true"]);
        await server.Process.WaitForOutputAsync("none for an address (Beam:Quotas:Off)");

        Assert.Equal(20, await FillAsync(server, "X-Forwarded-For: 192.0.2.1"));
    }

    [Theory]
    [InlineData("Beam__Quotas__Off=perhaps", "'perhaps' at 'Beam:Quotas:Off'")]
    [InlineData("Beam__Quotas__Of=true", "Beam:Quotas:Of is no setting")]
    [InlineData("Beam__Quotas__MaxHeldBytesPerAddress=0", "Beam:Quotas:MaxHeldBytesPerAddress: It must be at least 1")]
    [InlineData("Beam__MaxHeldFiles=-1", "Beam:MaxHeldFiles: It must be between 0 and")]
    public async Task Start_IsRefused_ForLimitsThatAreWrong(string setting, string reason)
    {
        await using var server = ServerProcess.Start(ServerProcess.BeamServer, [], setting);

        Assert.Equal(1, await server.WaitAsync());
        Assert.Contains(reason, server.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_IsRefused_WhenQuotasAreOff_AndSet()
    {
        await using var server = ServerProcess.Start(
            ServerProcess.BeamServer, [], "Beam__Quotas__Off=true", "Beam__Quotas__MaxTokensPerAddress=3");

        Assert.Equal(1, await server.WaitAsync());
        Assert.Contains("Beam:Quotas:Off is true, and Beam:Quotas:MaxTokensPerAddress is set.", server.ErrorText, StringComparison.Ordinal);
    }

    /// <summary>The address of a request, by the connection, the header and what the settings know.</summary>
    [Theory]
    [InlineData(null, "Beam__KnownProxies=127.0.0.1", 20, 0)]
    [InlineData(null, "Beam__KnownProxies=203.0.113.7", 20, 0)]
    [InlineData("X-Forwarded-For: 192.0.2.1", "Beam__KnownProxies=127.0.0.1", 5, 0)]
    [InlineData("X-Forwarded-For: 192.0.2.1", "Beam__KnownProxies=127.0.0.0/8", 5, 0)]
    [InlineData("X-Forwarded-For: 192.0.2.1", "Beam__KnownProxies=203.0.113.7", 5, 1)]
    [InlineData("Forwarded: for=192.0.2.1", "Beam__KnownProxies=203.0.113.7", 5, 1)]
    [InlineData("X-Real-IP: 192.0.2.1", "Beam__KnownProxies=203.0.113.7", 5, 1)]
    public async Task Files_OfOneAddress_LeaveRoom(string? header, string proxies, int expected, int warnings)
    {
        await using var server = await ServerProcess.StartBeamServerAsync([.. Small, proxies]);

        Assert.Equal(expected, await FillAsync(server, header));

        // Others can hand in only if they are told apart, or if there is room; but everybody can send.
        var areToldApart = header?.StartsWith("X-Forwarded-For", StringComparison.Ordinal) == true && warnings == 0;
        var other = header?.Replace("2.1", "2.2", StringComparison.Ordinal);
        Assert.Equal(areToldApart ? 202 : expected == 20 ? 503 : 429, await HandInAsync(server, other));
        await DeliverAsync(server, header);
        Assert.Equal(warnings, server.Log.Split("which is no known proxy").Length - 1);
        if (warnings > 0)
        {
            Assert.Contains("has come from 127.0.0.1, which is no known proxy.", server.Log, StringComparison.Ordinal);
            Assert.Contains("name it in Beam:KnownProxies", server.Log, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Tokens_OfOneAddress_LeaveRoom()
    {
        await using var server = await ServerProcess.StartBeamServerAsync(
            [.. Small, "Beam__MaxTokens=40", "Beam__KnownProxies=127.0.0.1"]);
        var token = await server.MintAsync("-H", "X-Forwarded-For: 2001:db8::1");
        var status = 0;
        var links = 0;
        var url = server.Url($"/{token}/-/token?rights=send&lifetime=86400");
        while ((status = await Curl.StatusAsync("-X", "POST", "-H", $"X-Forwarded-For: 2001:db8::{links:x}", url)) == 201)
        {
            Assert.InRange(++links, 1, 9);
        }

        Assert.Equal((9, 429), (links, status));
        await server.MintAsync("-H", "X-Forwarded-For: 192.0.2.1");
    }

    /// <summary>Hands empty files in, with a token for each, until the server takes no more.</summary>
    private static async Task<int> FillAsync(ServerProcess server, string? header)
    {
        var count = 0;
        while (await HandInAsync(server, header) == 202)
        {
            Assert.InRange(++count, 1, 40);
        }

        return count;
    }

    private static async Task<int> HandInAsync(ServerProcess server, string? header)
    {
        var token = await server.MintAsync();
        return await Curl.StatusAsync(
            ["-T", "/dev/null", "-H", "Prefer: respond-async", .. Header(header), server.Url($"/{token}/empty")]);
    }

    private static async Task DeliverAsync(ServerProcess server, string? header)
    {
        using var folder = new TempFolder();
        var url = server.Url($"/{await server.MintAsync()}/file");
        await using var sender = Curl.Start(["-T", folder.Write("file", "some text"u8), .. Header(header), url]);
        await using var receiver = Curl.Start([.. Header(header), url]);
        Assert.Equal((0, 0), (await sender.WaitAsync(), await receiver.WaitAsync()));
        Assert.Equal("some text", receiver.OutputText);
    }

    private static string[] Header(string? header) => header is null ? [] : ["-H", header];
}
