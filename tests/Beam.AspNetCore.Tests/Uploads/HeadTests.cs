using System.Net;
using Beam.Tokens;
using Beam.Transfers;

namespace Beam.AspNetCore.Tests.Uploads;

/// <summary><c>HEAD</c> tells and does nothing.</summary>
public sealed class HeadTests : UploadTests
{
    [Fact]
    [Trait("Rule", "P23")]
    [Trait("Rule", "P24")]
    public async Task Head_TellsWhereTheFileGoesOn_WhoMaySend()
    {
        var server = await StartResumableServerAsync(static options => options.MaxTransferBytes = 1_000_000);
        var token = server.Mint();
        await BreakAsync(server, $"{token}/a");

        using var answer = await HeadAsync(server, $"{server.Mint(token, TokenRights.Send)}/a");

        Assert.Equal((204, "40000", "?0", "300000"), State(answer));
        Assert.Equal("max-size=1000000, max-age=60", Field(answer, "Upload-Limit"));
        Assert.Equal("no-store", Field(answer, "Cache-Control"));
        using var cancelled = await server.Client.DeleteAsync($"{token}/a");
    }

    [Fact]
    [Trait("Rule", "P21")]
    public async Task Head_TellsOfTheFile_WhoMayReceive_AndClaimsNothing()
    {
        var server = await StartResumableServerAsync();
        var token = server.Mint();
        using var sender = await BeginAsync(server, $"{token}/a");

        using var answer = await HeadAsync(server, $"{server.Mint(token, TokenRights.Receive)}/a");

        Assert.Equal((200, null, null, null), State(answer));
        Assert.Equal(Size, answer.Content.Headers.ContentLength);
        Assert.Equal("attachment", answer.Content.Headers.ContentDisposition!.DispositionType);
        Assert.NotNull(answer.Headers.ETag);
        Assert.Empty(Assert.Single(server.Relay.GetSnapshot().Transfers).Receivers);
        await sender.SendAsync(File.AsMemory(Broken));
        Assert.Equal(File, await server.Client.GetByteArrayAsync($"{token}/a"));
        Assert.Equal(200, (await sender.ReadHeadAsync()).Status);
    }

    [Fact]
    [Trait("Rule", "P21")]
    [Trait("Rule", "P23")]
    public async Task Head_CutsNoLivingSender()
    {
        var server = await StartResumableServerAsync();
        var path = $"{server.Mint()}/a";
        using var sender = await BeginAsync(server, path);

        using var answer = await HeadAsync(server, path);

        Assert.Equal((200, "40000", "?0", "300000"), State(answer));
        await sender.SendAsync(File.AsMemory(Broken));
        Assert.Equal(File, await server.Client.GetByteArrayAsync(path));
        Assert.Equal(200, (await sender.ReadHeadAsync()).Status);
    }

    [Fact]
    [Trait("Rule", "P23")]
    public async Task Head_SaysComplete_OnlyWhenTheReceiverHasTheFile()
    {
        var server = await StartResumableServerAsync();
        var path = $"{server.Mint()}/a";
        using (var sender = await ConnectAsync(server))
        {
            await sender.SendAsync($"PUT /{path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n0123456789");
            await server.WaitForAsync(static transfer => transfer.Held.To == 10);
            sender.Reset();
        }

        await server.WaitForAsync(SenderIsGone);
        var head = HeadAsync(server, path);
        await server.WaitForAsync(static transfer => transfer.IsSenderConnected);
        Assert.False(head.IsCompleted);
        Assert.Equal("0123456789", await server.Client.GetStringAsync(path));

        using var answer = await head;
        Assert.Equal((204, "10", "?1", "10"), State(answer));
        using var later = await HeadAsync(server, path);
        Assert.Equal((204, "10", "?1", "10"), State(later));
    }

    [Fact]
    [Trait("Rule", "P23")]
    [Trait("Rule", "P28")]
    public async Task Head_IsGone_WhenTheTransferHasFailed()
    {
        var server = await StartResumableServerAsync();
        var path = $"{server.Mint()}/a";
        await BreakAsync(server, path);
        using var cancelled = await server.Client.DeleteAsync(path);

        using var answer = await HeadAsync(server, path);

        Assert.Equal(HttpStatusCode.Gone, answer.StatusCode);
    }

    [Fact]
    [Trait("Rule", "P20")]
    [Trait("Rule", "P21")]
    public async Task Head_IsGone_ForWhoMayOnlyReceive_WhenTheFileIsDelivered()
    {
        var server = await StartResumableServerAsync();
        var token = server.Mint();
        var sending = server.Client.PutAsync($"{token}/a", new ByteArrayContent(File));
        Assert.Equal(File, await server.Client.GetByteArrayAsync($"{token}/a"));
        using var sent = await sending;

        using var answer = await HeadAsync(server, $"{server.Mint(token, TokenRights.Receive)}/a");

        Assert.Equal((410, null, null, null), State(answer));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Rule", "P21")]
    [Trait("Rule", "P23")]
    public async Task Head_FindsNothing_BeforeTheSenderHasCome(bool isAwaited)
    {
        var server = await StartResumableServerAsync();
        var path = $"{server.Mint()}/a";
        using var leave = new CancellationTokenSource();
        if (isAwaited)
        {
            _ = server.Client.GetAsync(path, leave.Token);
            await server.WaitForAsync(TransferState.WaitingForSender);
        }

        using var answer = await HeadAsync(server, path);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        await leave.CancelAsync();
    }
}
