using System.Net;
using Beam.AspNetCore.Minting;
using Beam.AspNetCore.ProxyProtocol;
using Beam.AspNetCore.Quotas;
using Beam.AspNetCore.Tests.Servers;
using Beam.Tokens;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Beam.AspNetCore.Tests.Quotas;

/// <summary>
/// What one address holds counts as long as the relay holds it. So nobody fills the relay alone, for a day, without a connection.
/// </summary>
[Trait("Rule", "P38")]
public sealed class AddressLimitTests : HttpTests
{
    private const string One = "192.0.2.1";
    private const string Other = "192.0.2.2";

    [Fact]
    public async Task Files_OfOneAddress_LeaveTheRelayToOthers()
    {
        var server = await StartAsync(static options => options.MaxTransfers = 400);
        var accepted = 0;
        HttpResponseMessage answer;
        while ((answer = await HandInAsync(server, One, server.Mint(), "")).StatusCode == HttpStatusCode.Accepted)
        {
            answer.Dispose();
            Assert.InRange(++accepted, 1, 10);
        }

        // Of the 400 transfers 200 may be handed in, and a twentieth of those is ten.
        Assert.Equal(10, accepted);
        await AssertRefusedAsync(answer, HttpStatusCode.TooManyRequests, "300", "The relay holds as much for this address as it may; ");
        using var other = await HandInAsync(server, Other, server.Mint(), "");
        Assert.Equal(HttpStatusCode.Accepted, other.StatusCode);
        await DeliverAsync(server, Other);
        server.Relay.CutAll();
    }

    [Fact]
    public async Task Pieces_OfOneAddress_LeaveTheRelayToOthers()
    {
        var server = await StartAsync(static options => options.ResumeTimeout = TimeSpan.FromMinutes(2));
        HttpResponseMessage answer;
        var begun = 0;
        while ((answer = await BeginAsync()).IsSuccessStatusCode)
        {
            answer.Dispose();
            Assert.InRange(++begun, 1, 10);
        }

        Assert.Equal(10, begun);
        await AssertRefusedAsync(answer, HttpStatusCode.TooManyRequests, "5", "There are too many transfers of this address at a time; ");
        await DeliverAsync(server, Other);
        server.Relay.CutAll();
        await server.WaitUntilEmptyAsync();
        (answer = await BeginAsync()).Dispose();
        Assert.True(answer.IsSuccessStatusCode);
        server.Relay.CutAll();

        Task<HttpResponseMessage> BeginAsync()
        {
            var request = From(One, HttpMethod.Put, $"{server.Mint()}/piece");
            request.Content = new StringContent("x");
            request.Headers.Add("Upload-Complete", "?0");
            return server.Client.SendAsync(request);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Bytes_OfOneAddress_AreAQuarter_OfWhatMayBeHandedIn(bool onDisk)
    {
        var folder = NewFolder();
        var server = await StartAsync(options =>
        {
            options.MemoryBudgetBytes = 16 * 1024 * 1024;
            options.DiskBudgetBytes = 16 * 1024 * 1024;
            options.SpillDirectory = onDisk ? folder["spill"] : null;
        });
        using var first = await HandInAsync(server, One, server.Mint(), new string('x', 1_500_000));
        Assert.Equal(HttpStatusCode.Accepted, first.StatusCode);

        // Known before the body, or when it gets there, or never to fit.
        var token = server.Mint();
        using var declared = await HandInAsync(server, One, token, new string('x', 1_000_000));
        using var undeclared = await HandInAsync(server, One, token, new string('x', 1_000_000), isDeclared: false);
        using var never = await HandInAsync(server, One, token, new string('x', 2_500_000));
        await AssertRefusedAsync(declared, HttpStatusCode.TooManyRequests, "300", "The relay holds as much for this address as it may; ");
        await AssertRefusedAsync(undeclared, HttpStatusCode.TooManyRequests, "300", "The relay holds as much for this address as it may; ");
        await AssertRefusedAsync(
            never,
            HttpStatusCode.RequestEntityTooLarge,
            null,
            "The file is larger than what one channel or address may hand in.");

        await server.WaitForAsync(static _ => true);
        await Eventually.TrueAsync(() => server.Relay.TransferCount == 1, "those that were refused have left nothing");
        using var other = await HandInAsync(server, Other, server.Mint(), new string('x', 1_500_000));
        Assert.Equal(HttpStatusCode.Accepted, other.StatusCode);
        server.Relay.CutAll();
    }

    [Fact]
    public async Task Refusal_ComesBeforeTheBody()
    {
        var server = await StartAsync();
        var client = await ConnectAsync(server);
        await client.SendAsync(
            $"PUT /{server.Mint()}/a HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: {One}\r\nContent-Length: {1L << 32}\r\n"
                + "Prefer: respond-async\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n");

        var answer = (await client.ReadToEndAsync()).Text;

        Assert.StartsWith("HTTP/1.1 507 ", answer, StringComparison.Ordinal);
        Assert.Equal(0, server.Relay.TransferCount);
    }

    [Fact]
    public async Task AllTogether_HearThatTheRelayIsFull()
    {
        var server = await StartAsync(static options => options.MaxHeldFiles = 4);
        for (var i = 0; i < 4; i++)
        {
            using var held = await HandInAsync(server, $"192.0.2.{10 + i}", server.Mint(), "");
            Assert.Equal(HttpStatusCode.Accepted, held.StatusCode);
        }

        var answer = await HandInAsync(server, One, server.Mint(), "");

        await AssertRefusedAsync(answer, HttpStatusCode.ServiceUnavailable, "60", "The relay holds as many files as it may; ");
        await DeliverAsync(server, One);
        server.Relay.CutAll();
    }

    [Fact]
    public async Task Channel_HearsThatItIsFull()
    {
        var server = await StartAsync(static options => options.MaxHeldFilesPerToken = 1);
        var token = server.Mint();
        using var first = await HandInAsync(server, One, token, "");
        Assert.Equal(HttpStatusCode.Accepted, first.StatusCode);

        var answer = await HandInAsync(server, Other, server.Mint(token, TokenRights.Send), "", name: "b");

        await AssertRefusedAsync(answer, HttpStatusCode.TooManyRequests, "300", "The relay holds as much for this channel as it may; ");
        server.Relay.CutAll();
    }

    [Fact]
    public async Task Tokens_OfOneAddress_AreLimited_LinksIncluded_AsLongAsTheyLive()
    {
        var clock = new FakeClock();
        var server = await StartAsync(static options => options.MaxTokens = 400, clock);
        var token = await MintAsync(One);
        for (var i = 1; i < 20; i++)
        {
            server.Guard(await MintAsync(One, $"{token}/-/token?rights=send&lifetime=86400"));
        }

        using var refused = await server.Client.SendAsync(From(One, HttpMethod.Post, $"{token}/-/token?rights=send"));
        await AssertRefusedAsync(refused, HttpStatusCode.TooManyRequests, "300", "Too many tokens and links of this address live; ");
        using var again = await server.Client.SendAsync(From(One, HttpMethod.Post, "token"));
        Assert.Equal(HttpStatusCode.TooManyRequests, again.StatusCode);
        using var oneShot = await server.Client.SendAsync(From(One, HttpMethod.Put, "file"));
        Assert.Equal(HttpStatusCode.TooManyRequests, oneShot.StatusCode);

        // Whose link it is does not matter: who makes one is charged with it.
        Assert.Equal(1, Tokens(server).BusyCount);
        server.Guard(await MintAsync(Other, $"{token}/-/token?rights=send"));
        Assert.Equal(2, Tokens(server).BusyCount);
        using var revoked = await server.Client.SendAsync(From(Other, HttpMethod.Delete, token));
        Assert.Equal(0, Tokens(server).Count);
        await MintAsync(One);
        clock.Advance(TimeSpan.FromMinutes(20));
        await Eventually.TrueAsync(() => server.Relay.Tokens.Count == 0, "it has ended by itself");
        Assert.Equal(0, Tokens(server).Count);

        async Task<string> MintAsync(string address, string path = "token")
        {
            using var minted = await server.Client.SendAsync(From(address, HttpMethod.Post, path));
            Assert.Equal(HttpStatusCode.Created, minted.StatusCode);
            var secret = (await minted.Content.ReadAsStringAsync()).TrimEnd();
            server.Guard(secret);
            return secret;
        }
    }

    [Fact]
    public async Task OneShot_CountsUntilItHasEnded()
    {
        var server = await StartAsync();
        var sending = Curl("-T", "-", "-H", $"X-Forwarded-For: {One}", server.Url("file"));
        await Eventually.TrueAsync(() => Tokens(server).BusyCount == 1 && server.Relay.TransferCount == 1, "it has begun");

        sending.Kill();

        await server.WaitUntilEmptyAsync();
        Assert.Equal(server.Relay.Tokens.Count == 0 ? 0 : 1, Tokens(server).BusyCount);
    }

    [Fact]
    public async Task Tokens_CountWhatLives_WhateverHappens()
    {
        var clock = new FakeClock();
        var server = await StartAsync(static options => options.MaxTokens = 200, clock);
        var mint = server.Services.GetRequiredService<TokenMint>();
        var random = new Random(38);
        var made = new List<(MintedToken Minted, string Address)>();
        for (var step = 0; step < 600; step++)
        {
            var address = $"198.51.100.{random.Next(4)}";
            var context = new DefaultHttpContext { Connection = { RemoteIpAddress = IPAddress.Parse(address) } };
            var parent = made.Count > 0 && random.Next(4) > 0 ? made[random.Next(made.Count)].Minted.Token : null;
            switch (random.Next(12))
            {
                case < 9:
                    var (minted, refusal) = parent is null
                        ? await mint.MintAsync(context)
                        : await mint.MintSubTokenAsync(context, parent, TokenRights.Send, null, TimeSpan.FromSeconds(random.Next(1, 900)));
                    Assert.True(minted is not null || refusal.Status is 429 or 503);
                    made.AddRange(minted is null ? [] : [(minted, address)]);
                    break;
                case 9 when parent is not null:
                    await server.Relay.RevokeAsync(parent);
                    break;
                default:
                    clock.Advance(TimeSpan.FromSeconds(random.Next(60)));
                    break;
            }

            // A token that has expired counts until the relay looks, once a second.
            clock.Advance(TimeSpan.FromSeconds(1));
            made.RemoveAll(each => server.Relay.Tokens.Find(each.Minted.Secret) is null);
            await Eventually.TrueAsync(() => server.Relay.Tokens.Count == made.Count, "those that have ended are gone");
            for (var i = 0; i < 4; i++)
            {
                var live = made.Count(each => each.Address == $"198.51.100.{i}");
                Assert.InRange(live, 0, 10);
                Assert.Equal(live, CountOf(Tokens(server), $"198.51.100.{i}/32"));
            }
        }

        clock.Advance(TimeSpan.FromDays(1));
        await Eventually.TrueAsync(() => server.Relay.Tokens.Count == 0, "all have ended");
        Assert.Equal(0, Tokens(server).Count);
    }

    [Theory]
    [InlineData("127.0.0.1", null, true, "127.0.0.1/32")]
    [InlineData("::1", null, true, "::/56")]
    [InlineData("::ffff:127.0.0.1", null, true, "127.0.0.1/32")]
    [InlineData(null, null, true, null)]
    [InlineData("192.0.2.1", null, false, "192.0.2.1/32")]
    [InlineData("127.0.0.1", "X-Forwarded-For", false, "127.0.0.1/32")]
    [InlineData("127.0.0.1", "X-Forwarded-Proto", false, "127.0.0.1/32")]
    [InlineData("127.0.0.1", "X-Original-For", false, "127.0.0.1/32")]
    [InlineData("127.0.0.1", "X-Real-IP", false, "127.0.0.1/32")]
    [InlineData("127.0.0.1", "Forwarded", false, "127.0.0.1/32")]
    [InlineData("127.0.0.1", "Via", false, "127.0.0.1/32")]
    [InlineData(null, "X-Forwarded-For", false, "unknown")]
    public void Local_IsADirectConnectionFromThisMachine(string? address, string? header, bool isLocal, string? key)
    {
        var context = new DefaultHttpContext { Connection = { RemoteIpAddress = address is null ? null : IPAddress.Parse(address) } };
        if (header is not null)
        {
            context.Request.Headers[header] = "203.0.113.9";
        }

        Assert.Equal((isLocal, key), (ClientNetwork.IsLocal(context), ClientNetwork.KeyOf(context)));

        // A proxy that speaks the PROXY protocol may name no address: then its own stands there.
        context.Features.Set(new ProxiedConnection());
        Assert.Equal((false, key ?? "unknown"), (ClientNetwork.IsLocal(context), ClientNetwork.KeyOf(context)));
    }

    [Theory]
    [InlineData(ProxyKind.None, true)]
    [InlineData(ProxyKind.Http, false)]
    [InlineData(ProxyKind.Tcp, false)]
    public async Task LocalClients_AreWideOnly_WhereNoProxyStandsInFront(ProxyKind proxy, bool isWide)
    {
        var server = await StartAsync(static _ => { }, configureHttp: http => http.BehindProxy = proxy);

        Assert.Equal(isWide, server.Services.GetRequiredService<IOptions<BeamQuotaOptions>>().Value.WidensLocal);
    }

    [Theory]
    [InlineData(null, 75)]
    [InlineData(false, 10)]
    public async Task LocalClients_HaveThreeQuartersOfTheRelay(bool? widens, int expected)
    {
        var server = await StartAsync(
            static options => (options.MaxTransfers, options.ResumeTimeout) = (100, TimeSpan.FromMinutes(2)),
            configure: quotas => quotas.WidensLocal = widens);
        var begun = 0;
        while (await BeginAsync() is HttpStatusCode.Created)
        {
            Assert.InRange(++begun, 1, 75);
        }

        Assert.Equal(expected, begun);
        await DeliverAsync(server, One);
        server.Relay.CutAll();

        async Task<HttpStatusCode> BeginAsync()
        {
            using var request = new HttpRequestMessage(HttpMethod.Put, $"{server.Mint()}/piece") { Content = new StringContent("x") };
            request.Headers.Add("Upload-Complete", "?0");
            using var answer = await server.Client.SendAsync(request);
            return answer.StatusCode;
        }
    }

    [Theory]
    [InlineData(1, 1, 1, 2)]
    [InlineData(10, 5, 2, 5)]
    [InlineData(100, 10, 5, 10)]
    [InlineData(300, 15, 7, 15)]
    [InlineData(10_000, 500, 250, 500)]
    public async Task SmallRelay_GivesAnAddressTen_ButNoMoreThanHalf(int transfers, int unfinished, int files, int requests)
    {
        var server = await StartAsync(options => options.MaxTransfers = transfers);
        var quotas = server.Services.GetRequiredService<IOptions<BeamQuotaOptions>>().Value;

        Assert.Equal(
            (unfinished, files, requests),
            (quotas.MaxUnfinishedPerAddress, quotas.MaxHeldFilesPerAddress, quotas.MaxTransfersPerAddress));
    }

    private static QuotaTable Tokens(BeamServer server) => server.Services.GetRequiredService<TokenQuota>().Table;

    private static int CountOf(QuotaTable table, string key)
    {
        for (var most = 0; ; most++)
        {
            if (table.TryTake([new QuotaClaim(QuotaKind.Address, key, most + 1, MaxBytes: null)], 0, out var charges) is null)
            {
                table.Return(charges, 0);
                return most;
            }
        }
    }

    private static HttpRequestMessage From(string address, HttpMethod method, string path)
    {
        var request = new HttpRequestMessage(method, path);
        request.Headers.Add("X-Forwarded-For", address);
        return request;
    }

    private static async Task<HttpResponseMessage> HandInAsync(
        BeamServer server,
        string address,
        string token,
        string text,
        bool isDeclared = true,
        string name = "file")
    {
        using var request = From(address, HttpMethod.Put, $"{token}/{name}");
        request.Content = new StringContent(text);
        request.Headers.TransferEncodingChunked = !isDeclared;
        request.Headers.Add("Prefer", "respond-async");
        return await server.Client.SendAsync(request);
    }

    private static async Task DeliverAsync(BeamServer server, string address)
    {
        var token = server.Mint();
        using var request = From(address, HttpMethod.Put, $"{token}/live");
        request.Content = new StringContent("some text");
        var sent = server.Client.SendAsync(request);
        using var received = await server.Client.SendAsync(From(address, HttpMethod.Get, $"{token}/live"));
        Assert.Equal("some text", await received.Content.ReadAsStringAsync());
        using var answer = await sent;
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private static async Task AssertRefusedAsync(HttpResponseMessage answer, HttpStatusCode status, string? retryAfter, string beginning)
    {
        using (answer)
        {
            var text = await answer.Content.ReadAsStringAsync();
            Assert.Equal((status, retryAfter), (answer.StatusCode, answer.Headers.RetryAfter?.ToString()));
            Assert.StartsWith(beginning, text, StringComparison.Ordinal);
            Assert.Equal(text.Length - 1, text.IndexOf('\n', StringComparison.Ordinal));
        }
    }

    /// <summary>Starts a server that believes what a proxy on this machine says of its clients.</summary>
    private Task<BeamServer> StartAsync(
        Action<BeamOptions>? options = null,
        TimeProvider? clock = null,
        Action<BeamQuotaOptions>? configure = null,
        Action<BeamHttpOptions>? configureHttp = null)
        => StartServerAsync(setup =>
        {
            setup.Clock = clock ?? setup.Clock;
            var before = setup.Options;
            setup.Options = relay =>
            {
                before(relay);
                relay.MaxTransfers = 200;
                options?.Invoke(relay);
            };
            setup.Services = builder =>
            {
                builder.Services.AddBeam().LimitAddresses();
                builder.Services.Configure(configure ?? (static _ => { }));
                builder.Services.Configure(configureHttp ?? (static _ => { }));
            };
            setup.App = static app => app.UseForwardedHeaders(
                new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor });
        });
}
