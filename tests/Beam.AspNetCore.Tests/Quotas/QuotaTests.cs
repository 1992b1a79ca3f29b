using System.Net;
using System.Security.Claims;
using Beam.AspNetCore.Quotas;
using Beam.AspNetCore.Tests.Servers;
using Beam.Tokens;
using Beam.Transfers;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Beam.AspNetCore.Tests.Quotas;

/// <summary>Nobody uses up the relay for everybody.</summary>
[Trait("Rule", "P15")]
public sealed class QuotaTests : HttpTests
{
    [Fact]
    public async Task Transfers_OfAToken_AndItsLinks_AreLimited()
    {
        var server = await StartAsync(static options => options.MaxTransfersPerToken = 1);
        var token = server.Mint();
        var link = server.Mint(token, TokenRights.Receive);
        var sent = server.Client.PutAsync($"{token}/a", new StringContent("some text"));
        await server.WaitForAsync(TransferState.WaitingForReceiver);

        using var refused = await server.Client.GetAsync($"{link}/a");

        await AssertRefusedAsync(
            refused,
            HttpStatusCode.TooManyRequests,
            "5",
            "There are too many transfers of this token at a time; try again when one has ended.\n");
        using var other = await server.Client.GetAsync($"{server.Mint()}/a?wait=1");
        Assert.Equal(HttpStatusCode.GatewayTimeout, other.StatusCode);
        server.Relay.Cancel(server.Relay.Tokens.Find(token)!, "a");
        using var cancelled = await sent;
    }

    [Fact]
    [Trait("Rule", "P5")]
    public async Task Transfers_OfAnAddress_AreLimited_UntilOneHasEnded()
    {
        var server = await StartAsync(static options => options.MaxTransfersPerAddress = 2);
        var one = Curl(server.Url($"{server.Mint()}/a"));
        var next = server.Mint();
        var two = Curl(server.Url(next));
        await server.WaitForAsync(TransferState.WaitingForSender);
        await Eventually.TrueAsync(() => server.Relay.Tokens.Find(next)!.Channel.GetSnapshot().NextReceivers == 1, "the other waits");
        using var receiver = await server.Client.GetAsync($"{server.Mint()}/b");
        Assert.Equal(HttpStatusCode.TooManyRequests, receiver.StatusCode);
        using var sender = await server.Client.PutAsync($"{server.Mint()}/c", new StringContent("x"));
        await AssertRefusedAsync(
            sender,
            HttpStatusCode.TooManyRequests,
            "5",
            "There are too many transfers of this address at a time; try again when one has ended.\n");
        using var oneShot = await server.Client.PutAsync("d", new StringContent("x"));
        Assert.Equal(HttpStatusCode.TooManyRequests, oneShot.StatusCode);

        one.Kill();
        two.Kill();
        await Eventually.TrueAsync(() => Table(server).Count == 0, "nothing is counted any more");
    }

    [Fact]
    public async Task Bytes_OfAToken_AreLimited_WithinTheWindow()
    {
        var clock = new FakeClock();
        var server = await StartAsync(static options => options.MaxBytesPerToken = 20, clock);
        var token = server.Mint();
        await DeliverAsync(server, token, "some text");

        using var refused = await server.Client.PutAsync($"{token}/b", new StringContent("some more"));
        await AssertRefusedAsync(
            refused, HttpStatusCode.TooManyRequests, "3600", "That is more than this token may transfer for now; try again in 3600 s.\n");
        using var never = await server.Client.PutAsync($"{token}/b", new StringContent("a text of more than twenty letters"));
        await AssertRefusedAsync(never, HttpStatusCode.RequestEntityTooLarge, null, "The file is larger than this token may send.\n");

        await DeliverAsync(server, token, "x");
        using var full = await server.Client.GetAsync($"{token}/c?wait=1");
        Assert.Equal(HttpStatusCode.TooManyRequests, full.StatusCode);
        Assert.Equal("3600", full.Headers.RetryAfter!.ToString());
    }

    [Fact]
    public async Task Bytes_CountAnew_AfterTheWindow()
    {
        var clock = new FakeClock();
        var server = await StartAsync(
            static options =>
            {
                options.MaxBytesPerToken = 20;
                options.Window = TimeSpan.FromMinutes(4);
            },
            clock);
        var token = server.Mint();
        await DeliverAsync(server, token, "some text");
        clock.Advance(TimeSpan.FromMinutes(4));

        await DeliverAsync(server, token, "some text");
    }

    [Fact]
    public async Task Bytes_StayCounted_WhenAnUploadOfTheWindowBeforeIsGivenUp()
    {
        var clock = new FakeClock();
        var server = await StartAsync(
            static options =>
            {
                options.MaxBytesPerAddress = 20;
                options.Window = TimeSpan.FromMinutes(4);
            },
            clock);
        var idle = await ConnectAsync(server);
        await idle.SendAsync($"PUT /{server.Mint()}/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 20\r\n\r\nx");
        await server.WaitForAsync(static transfer => transfer.Held.To == 1);
        clock.Advance(TimeSpan.FromMinutes(4));
        var sent = server.Client.PutAsync($"{server.Mint()}/b", new StringContent("eighteen letters.."));
        await server.WaitForAsync(static transfer => transfer.Held.To == 18);

        idle.Reset();
        await Eventually.TrueAsync(() => server.Relay.TransferCount == 1, "the idle upload is gone");

        using var refused = await server.Client.PutAsync($"{server.Mint()}/c", new StringContent("some text"));
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        server.Relay.CutAll();
        using var cut = await sent;
    }

    [Fact]
    public async Task Form_CountsByWhatCameIn_NotByWhatItsZipHas()
    {
        var server = await StartAsync(static options => options.MaxBytesPerToken = 100_000);
        var token = server.Mint();
        using var form = new MultipartFormDataContent { { new ByteArrayContent(new byte[90_000]), "file", "zeros" } };
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{token}/a?bundle=zip&compression=deflate") { Content = form };
        request.Headers.TransferEncodingChunked = true;
        var sent = server.Client.SendAsync(request);
        await server.WaitForAsync(TransferState.WaitingForReceiver);
        Assert.InRange((await server.Client.GetByteArrayAsync($"{token}/a")).Length, 1, 5_000);
        using var answer = await sent;
        Assert.True(answer.IsSuccessStatusCode);
        await Eventually.TrueAsync(() => Table(server).BusyCount == 0, "both sides have left");

        using var refused = await server.Client.PutAsync($"{token}/b", new ByteArrayContent(new byte[10_000]));

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
    }

    [Fact]
    public async Task Users_AreToldApart_AndAnonymousOnesAreNobody()
    {
        var server = await StartAsync(static options => options.MaxTransfersPerUser = 1);
        var waiting = Curl("-H", "X-User: ada", server.Url($"{server.Mint()}/a"));
        await server.WaitForAsync(TransferState.WaitingForSender);

        Assert.Equal(HttpStatusCode.TooManyRequests, await StatusAsync(server, "ada"));
        Assert.Equal(HttpStatusCode.GatewayTimeout, await StatusAsync(server, "bob"));
        Assert.Equal(HttpStatusCode.GatewayTimeout, await StatusAsync(server, ""));
        waiting.Kill();
        await Eventually.TrueAsync(() => Table(server).Count == 0, "nothing is counted any more");
    }

    [Fact]
    public async Task Refusal_ComesBeforeTheBody()
    {
        var server = await StartAsync(static options => options.MaxBytesPerAddress = 1000);
        var client = await ConnectAsync(server);
        await client.SendAsync(
            $"PUT /{server.Mint()}/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1001\r\n"
                + "Expect: 100-continue\r\nConnection: close\r\n\r\n");

        var answer = (await client.ReadToEndAsync()).Text;

        Assert.StartsWith("HTTP/1.1 413 ", answer, StringComparison.Ordinal);
        Assert.Equal(0, Table(server).Count);
    }

    [Fact]
    public async Task ForwardedHeader_ChangesNoAddress()
    {
        var server = await StartAsync(static options => options.MaxTransfersPerAddress = 1);
        var waiting = Curl("-H", "X-Forwarded-For: 192.0.2.1", server.Url($"{server.Mint()}/a"));
        await server.WaitForAsync(TransferState.WaitingForSender);

        var other = Curl(
            "-o", "/dev/null", "-w", "%{http_code}", "-H", "X-Forwarded-For: 192.0.2.2", server.Url($"{server.Mint()}/a?wait=1"));

        Assert.Equal(0, await other.WaitAsync());
        Assert.Equal("429", other.OutputText);
        waiting.Kill();
        await Eventually.TrueAsync(() => Table(server).Count == 0, "nothing is counted any more");
    }

    [Fact]
    public async Task Start_Fails_WhenAQuotaMakesNoSense()
        => await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(static options => options.MaxTransfersPerUser = 0));

    private static QuotaTable Table(BeamServer server) => server.Services.GetRequiredService<QuotaGate>().Table;

    private static async Task AssertRefusedAsync(HttpResponseMessage answer, HttpStatusCode status, string? retryAfter, string text)
    {
        Assert.Equal((status, retryAfter), (answer.StatusCode, answer.Headers.RetryAfter?.ToString()));
        Assert.Equal(text, await answer.Content.ReadAsStringAsync());
    }

    private static async Task<HttpStatusCode> StatusAsync(BeamServer server, string user)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{server.Mint()}/a?wait=1");
        request.Headers.Add("X-User", user);
        using var answer = await server.Client.SendAsync(request);
        return answer.StatusCode;
    }

    private static async Task DeliverAsync(BeamServer server, string token, string text)
    {
        var sent = server.Client.PutAsync($"{token}/a", new StringContent(text));
        await server.WaitForAsync(TransferState.WaitingForReceiver);
        Assert.Equal(text, await server.Client.GetStringAsync($"{token}/a"));
        using var answer = await sent;
        Assert.True(answer.IsSuccessStatusCode);
        await Eventually.TrueAsync(() => Table(server).BusyCount == 0, "both sides have left");
    }

    private Task<BeamServer> StartAsync(Action<BeamQuotaOptions> configure, TimeProvider? clock = null) => StartServerAsync(setup =>
    {
        setup.Clock = clock ?? setup.Clock;
        setup.Services = builder => builder.Services.Configure(configure);
        setup.ExpectsLog = static entry => entry.EventId.Name == "UnknownProxy";
        setup.App = static app => app.Use(static (context, next) =>
        {
            var user = context.Request.Headers["X-User"].ToString();
            context.User = new ClaimsPrincipal(new ClaimsIdentity(
                [new Claim(ClaimTypes.NameIdentifier, user)],
                user.Length > 0 ? "test" : null));
            return next(context);
        });
    });
}
